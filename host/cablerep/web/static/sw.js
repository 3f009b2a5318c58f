// Keeps the shell, so that the page opens and says what is wrong while the server is away. Data is never kept.
const SHELL = "cablerep-shell";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  const isShell = pathname === "/" || pathname.startsWith("/static/") || pathname === "/manifest.webmanifest";
  if (event.request.method !== "GET" || origin !== self.location.origin || !isShell) return;
  event.respondWith(fromNetwork(event.request));
});

async function fromNetwork(request) {
  const cache = await caches.open(SHELL);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const stored = await cache.match(request);
    if (stored) return stored;
    throw error;
  }
}
