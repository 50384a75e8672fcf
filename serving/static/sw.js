// Keeps the shell (styles, scripts, icons, the page that says "no signal") and nothing else: never a card, never a list.
const SHELL = "tanggap-__VERSION__", FILES = __FILES__, OFFLINE = "/luring";

addEventListener("install", event => {
  event.waitUntil(caches.open(SHELL).then(cache => cache.addAll(FILES)).then(() => skipWaiting()));
});
addEventListener("activate", event => {
  event.waitUntil(caches.keys()
    .then(names => Promise.all(names.filter(name => name.startsWith("tanggap-") && name !== SHELL).map(name => caches.delete(name))))
    .then(() => clients.claim()));
});
addEventListener("fetch", event => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  else if (FILES.includes(address.pathname + address.search)) event.respondWith(caches.match(request).then(found => found ?? fetch(request)));
});
