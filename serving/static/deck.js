// One card after the other without waiting: the next cards are held in memory, verdicts go through the outbox.
import * as outbox from "./outbox.js";

const deck = document.querySelector("#deck"), toast = document.querySelector("#toast"), undo = document.querySelector("#undo");
const ahead = [], left = new Set();
const TOO_SOON = 250;  // ms: a second tap right behind the first was meant for the card before
let last = null, hiding = 0, fetching = null, came = 0;
const now = () => deck.querySelector(".one-card");
const id = card => card.dataset.card;

function say(words, canUndo = false) {
  toast.hidden = false;
  toast.firstElementChild.textContent = words;
  undo.hidden = !canUndo;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, canUndo ? 8000 : 5000);
}

function count(change) {
  const place = document.querySelector("#place");
  if (!place.dataset.n) return;
  place.dataset.n = Math.max(0, Number(place.dataset.n) + change);
  place.textContent = `${place.dataset.n} ${place.dataset.words}`;
}

function refill() {
  if (fetching || ahead.length > 1) return fetching;
  const query = new URLSearchParams(deck.dataset.query);
  const known = [...left, ...ahead.map(id), now() ? id(now()) : ""].filter(Boolean);
  query.set("kecuali", known.slice(-30).join(","));
  fetching = fetch(`/antrean/tumpukan?${query}`, { credentials: "same-origin", redirect: "error" })
    .then(answer => answer.ok ? answer.text() : "")
    .then(text => {
      const parsed = new DOMParser().parseFromString(text, "text/html");
      for (const card of parsed.querySelectorAll(".one-card")) if (!left.has(id(card))) ahead.push(document.importNode(card, true));
    })
    .catch(() => {})
    .finally(() => { fetching = null; });
  return fetching;
}

function put(card) {
  deck.replaceChildren(card);
  card.classList.add("comes");
  history.replaceState(null, "", `/kartu/${id(card)}${deck.dataset.query}`);
  const skip = document.querySelector("#skip"), query = new URLSearchParams(deck.dataset.query);
  query.set("lewat", id(card));
  skip.href = `/antrean/lanjut?${query}`;
  document.querySelector(".undo-bar")?.remove();
  ready();
}

function ready() {
  came = performance.now();
  const head = now()?.querySelector("h1");
  if (head) { head.tabIndex = -1; head.focus({ preventScroll: true }); }
  scrollTo(0, 0);
}

async function next() {
  if (!ahead.length) await refill();
  const card = ahead.shift();
  if (card) { put(card); refill(); return; }
  if (navigator.onLine) { location.href = `/antrean${deck.dataset.query}`; return; }
  deck.replaceChildren();
  document.querySelector("#end").hidden = false;
}

function told(entry, answer, status) {
  const words = toast.dataset;
  if (status === 0) say(`${words.waiting} ${outbox.waiting()}`, Boolean(last));
  else if (status === 401) say(words.signIn);
  else if (status === 409 && answer.siapa) say(`${words.taken.replace("{who}", answer.siapa)}: ${answer.putusan}`);
  else if (status === 404) say(words.gone);
  else if (status >= 400) say(`${words.refused} ${answer.pesan ?? ""}`);
  if (status >= 400 && last?.entry.review_id === entry?.review_id) { last = null; undo.hidden = true; }
}

function decide(form, verdict) {
  const card = form.closest(".one-card"), fields = new FormData(form);
  if (left.has(id(card)) || performance.now() - came < TOO_SOON) return;
  const entry = { review_id: crypto.randomUUID().replaceAll("-", ""), mention_id: id(card), verdict };
  for (const name of ["seen", "category", "urgency", "place_code", "agency"]) entry[name] = fields.get(name) ?? "";
  outbox.add(entry);
  left.add(id(card));
  last = { card, entry };
  count(-1);
  say(`${toast.dataset.saved} ${verdict}`, true);
  outbox.send(told);
  next();
}

async function takeBack() {
  if (!last) return;
  const { card, entry } = last;
  last = null;
  left.delete(id(card));
  document.querySelector("#end").hidden = true;
  if (now()) ahead.unshift(now());
  put(card);
  say(toast.dataset.undone);
  count(1);
  await outbox.undo(entry.review_id);
  outbox.send(told);
}

deck.addEventListener("submit", event => {
  if (!event.submitter?.value) return;
  event.preventDefault();
  decide(event.target, event.submitter.value);
});
deck.addEventListener("change", event => { if (event.target.matches("select")) event.target.classList.toggle("changed", event.target.value !== ""); });
// Only while the card has the focus: a letter typed elsewhere decides nothing.
deck.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input, textarea")) return;
  const verdict = { y: "ya", b: "bukan", r: "ragu" }[event.key.toLowerCase()];
  if (verdict) now()?.querySelector(`button[value=${verdict}]`)?.click();
  else if (event.key.toLowerCase() === "u") takeBack();
  else if (event.key.toLowerCase() === "l") document.querySelector("#skip").click();
});
undo.addEventListener("click", takeBack);
document.querySelector("#skip").addEventListener("click", event => {
  if (!ahead.length) return;
  event.preventDefault();
  left.add(id(now()));
  next();
});
addEventListener("online", () => { outbox.send(told); refill(); });
ready();
refill();
outbox.send(told);
