// Speaks the harness's protocol without a chip: config and commands come back as events, its port echoes.
import fs from 'node:fs';
import net from 'node:net';
import readline from 'node:readline';

const config = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const say = (event) => process.stdout.write(JSON.stringify(event) + '\n');
if (config.fatal) {
  console.error('something on standard error');
  say({ event: 'error', what: 'the boot ROM is no boot ROM', value: config.fatal, cure: 'give another', fatal: true });
  process.exit(1);
}
if (config.crash) {
  console.error('TypeError: it broke');
  process.exit(3);
}
const clients = new Set();
const server = net.createServer((client) => {
  clients.add(client);
  say({ event: 'host', connected: true, us: 1 });
  client.on('data', (data) => client.write(data));
  client.on('close', () => { clients.delete(client); say({ event: 'host', connected: false, us: 2 }); });
  client.on('error', () => {});
});
server.listen(0, '127.0.0.1', () => {
  const files = ['flash', 'bootrom', 'rows'].map((name) => config[name] && fs.readFileSync(config[name]).length);
  say({ event: 'ready', serial_port: server.address().port, protocol: config.protocol ?? 1 });
  say({ event: 'config', config, files });
});
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line);
  if (command.do === 'crash') process.exit(4);
  if (command.do === 'noise') process.stdout.write('no JSON at all\n');
  if (command.do === 'save_flash') { fs.writeFileSync(command.path, 'saved'); say({ event: 'saved', path: command.path }); }
  if (command.do === 'stop' && !config.deaf) process.exit(0);
  say({ event: 'heard', ...command, us: 1e6 });
  if (command.do === 'begin') say({ event: 'begin', us: 3 });
  if (command.do === 'usb') say({ event: 'usb', connected: command.connected, us: 3 });
}).on('close', () => { if (!config.deaf) process.exit(0); });
