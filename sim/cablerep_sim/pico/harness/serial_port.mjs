// The host's serial port as a TCP port on 127.0.0.1: connecting opens it, disconnecting closes it.
// One client at a time; if either end is slow, bytes wait and are not dropped.

import { createServer } from 'node:net';

/** With more bytes than this queued for the device the client is not read, as if a driver's buffer were full. */
const MOST_WAITING = 4096;

export class SerialPort {
  /** @param {import('./usb_host.mjs').UsbHost} host */
  constructor(host) {
    this.host = host;
    /** @type {import('node:net').Socket | null} */
    this.client = null;
    /** @type {(connected: boolean) => void} */
    this.onClient = () => {};
    /** Called when the client has sent something. */
    this.onBytes = () => {};
    this.server = createServer((socket) => this.welcome(socket));
    host.onData = (packet) => this.deliver(packet);
    host.onTaken = () => {
      if (host.outbox.length < MOST_WAITING) this.client?.resume();
    };
  }

  /** @param {number} port 0 for any @returns {Promise<number>} the port */
  listen(port) {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        const address = this.server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** @param {import('node:net').Socket} socket */
  welcome(socket) {
    socket.on('error', () => socket.destroy());
    if (this.client || !this.host.ready) {
      socket.destroy(); // like a port that is in use or does not exist
      return;
    }
    this.client = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.host.send(bytes);
      this.onBytes();
      if (this.host.outbox.length >= MOST_WAITING) socket.pause();
    });
    socket.on('drain', () => {
      this.host.hungry = true;
      this.host.pump();
    });
    socket.on('close', () => this.part(socket));
    socket.on('end', () => socket.destroy());
    this.host.hungry = true;
    this.host.setOpen(true);
    this.onClient(true);
  }

  /** @param {import('node:net').Socket} socket */
  part(socket) {
    if (this.client !== socket) return;
    this.client = null;
    this.host.setOpen(false);
    this.onClient(false);
  }

  /** @param {Uint8Array} packet */
  deliver(packet) {
    if (this.client && !this.client.write(packet)) this.host.hungry = false;
  }

  /** The device is gone, and the port with it. */
  drop() {
    this.client?.destroy();
  }

  close() {
    this.drop();
    this.server.close();
  }
}
