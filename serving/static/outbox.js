// Verdicts on their way: kept on this phone until the server has confirmed each. Ids and verdicts only, never a card.
const KEY = "tanggap-putusan";
const RETRY = [2000, 5000, 15000, 60000];
let current = null, tries = 0, timer = 0;

const all = () => { try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; } };
const keep = list => { localStorage.setItem(KEY, JSON.stringify(list)); show(); };
const user = () => document.querySelector("[data-user]")?.dataset.user ?? "";
const token = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";

export const waiting = () => all().length;
export const add = entry => keep([...all(), { ...entry, user: user() }]);

// Takes a verdict back. One that may have reached the server is undone there; one that never left is forgotten.
export async function undo(review_id) {
  await current;
  const entry = all().find(one => one.review_id === review_id);
  keep(all().filter(one => one !== entry && one.review_id !== review_id));
  if (!entry || entry.tried) add({ undo: review_id });
}

export function show() {
  const place = document.querySelector("#pending");
  if (!place) return;
  const count = waiting();
  place.hidden = count === 0;
  place.textContent = `${count} ${place.dataset.words}`;
}

// Sends what waits, one after the other; `told(entry, answer, status)` hears of each. Status 0: no signal; 401: sign in again.
export function send(told = () => {}) {
  current ??= sendAll(told).finally(() => { current = null; });
  return current;
}

async function sendAll(told) {
  clearTimeout(timer);
  const mine = user();
  if (!mine) return;
  for (let entry; (entry = all().find(one => one.user === mine));) {
    keep(all().map(one => same(one, entry) ? { ...one, tried: true } : one));
    const answer = await post(entry).catch(() => null);
    if (!answer || answer.status >= 500 || answer.status === 429) {
      told(entry, {}, 0);
      timer = setTimeout(() => send(told), RETRY[Math.min(tries++, RETRY.length - 1)]);
      return;
    }
    if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") { told(entry, {}, 401); return; }
    tries = 0;
    keep(all().filter(one => !same(one, entry)));
    told(entry, await answer.json().catch(() => ({})), answer.status);
  }
}

const same = (one, other) => one.review_id === other.review_id && one.undo === other.undo;

function post(entry) {
  const { review_id, mention_id, verdict, seen, category, urgency, place_code, agency } = entry;
  const address = entry.undo ? `/putusan/${entry.undo}/urung` : `/kartu/${mention_id}/putusan`;
  const fields = entry.undo ? {} : { review_id, verdict, seen, category, urgency, place_code, agency };
  return fetch(address, {
    method: "POST", headers: { "Accept": "application/json", "X-CSRF-Token": token(), "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(), credentials: "same-origin", redirect: "manual",
  });
}

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
show();
if (!document.querySelector("#deck")) {
  send();
  addEventListener("online", () => send());
}
