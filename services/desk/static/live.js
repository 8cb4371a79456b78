"use strict";
// Keeps a page's lists fresh, and tells every time in the reader's own zone.
// The desk tells by server-sent events when to look; without them the page looks every two seconds.
// An item that did not change keeps its very element, so that focus, selection and scroll position stay where they are.

const WAIT_MILLISECONDS = 2000; // without events: within the two seconds that a new alert may take to appear
const CALM_MILLISECONDS = 30000; // with events: in case that one was not heard
const LONGEST_WAIT_MILLISECONDS = 15000; // while the desk cannot be reached
const REQUEST_LIMIT_MILLISECONDS = 10000;
const OPEN_AGAIN_MILLISECONDS = 5000; // after a stream that the desk refused

const pristine = new WeakMap(); // each item as the server sent it, before its times were put into words
const tongue = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
const clockFormat = new Intl.DateTimeFormat(tongue, { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(tongue, { day: "numeric", month: "short" });
const yearFormat = new Intl.DateTimeFormat(tongue, { day: "numeric", month: "short", year: "numeric" });
const fullFormat = new Intl.DateTimeFormat(tongue, { dateStyle: "full", timeStyle: "long" });

function spell(moment, now) {
  if (moment.toDateString() === now.toDateString()) return clockFormat.format(moment);
  const day = moment.getFullYear() === now.getFullYear() ? dayFormat : yearFormat;
  return `${day.format(moment)}, ${clockFormat.format(moment)}`;
}

function localise(root) {
  const now = new Date();
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.textContent = spell(moment, now);
    element.title = fullFormat.format(moment);
  }
}

function remember(root) {
  for (const list of root.querySelectorAll("[data-live]")) {
    for (const item of list.children) pristine.set(item, item.outerHTML);
  }
}

function replaceItem(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceWith(fresh);
  if (focused === null) return;
  const again = [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused);
  if (again) again.focus({ preventScroll: true });
}

// Makes `list` hold the items of `fresh`, in that order; returns the items that were not there before.
function merge(list, fresh) {
  const arrived = [];
  const wanted = new Set([...fresh.children].map((item) => item.id));
  for (const old of [...list.children]) if (!wanted.has(old.id)) old.remove();
  let place = list.firstElementChild;
  for (const item of [...fresh.children]) {
    const sent = item.outerHTML;
    const old = document.getElementById(item.id);
    if (old && old !== place) list.insertBefore(old, place);
    if (old && pristine.get(old) === sent) {
      place = old.nextElementSibling;
      continue;
    }
    pristine.set(item, sent);
    localise(item);
    if (old) replaceItem(old, item);
    else {
      item.classList.add("fresh");
      list.insertBefore(item, place);
      arrived.push(item);
    }
    place = item.nextElementSibling;
  }
  return arrived;
}

// Returns what puts the reader's eye back: the first item in view stays at its place on the screen.
function holdPlace() {
  if (window.scrollY === 0) return () => {};
  const seen = [...document.querySelectorAll("[data-live] > li")].find((item) => item.getBoundingClientRect().bottom > 0);
  if (!seen) return () => {};
  const { id } = seen;
  const before = seen.getBoundingClientRect().top;
  return () => {
    const now = document.getElementById(id);
    if (now) window.scrollBy(0, now.getBoundingClientRect().top - before);
  };
}

function tell(list, arrived, words) {
  const headlines = arrived.map((item) => item.querySelector("h2, h3")).filter(Boolean);
  if (!list.dataset.tell || headlines.length === 0) return;
  const told = document.getElementById("told");
  told.textContent = headlines.length === 1
    ? `${list.dataset.tell}: ${headlines[0].textContent.trim()}`
    : `${headlines.length} ${words.wordAlerts}`;
}

function show(html, words) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const putBack = holdPlace();
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const list = document.getElementById(fresh.id);
    if (list) tell(list, merge(list, fresh), words);
  }
  putBack();
}

class SignedOut extends Error {}
class Away extends Error {}

function watch(status) {
  const words = status.dataset;
  let tag = "";
  let failures = 0;
  let timer = 0;
  let looking = false;
  let again = false;
  let over = false;
  let stream = null; // while the page is seen
  let hearing = false; // the stream is open
  let away = ["unknown"]; // what of the house is away, as the stream told last
  let reopen = 0;

  function say(state, said) {
    if (status.dataset.state === state && status.textContent === said) return;
    status.dataset.state = state;
    status.textContent = said;
  }

  function sayHowItIs() {
    if (over || failures > 1) return;
    if (!hearing || away.includes("unknown")) return say("live", hearing ? words.wordLive : words.wordPolling);
    if (away.includes("bus")) return say("lost", words.wordBus);
    if (away.length === 0) return say("live", words.wordLive);
    const word = (name) => words[`word${name[0].toUpperCase()}${name.slice(1)}`];
    return say("lost", away.length === 1 ? word(away[0]) : `${words.wordSeveral} ${away.join(", ")}`);
  }

  async function look() {
    const answer = await fetch(words.source, {
      cache: "no-store",
      headers: tag ? { "If-None-Match": tag } : {},
      signal: AbortSignal.timeout(REQUEST_LIMIT_MILLISECONDS),
    });
    if (answer.status === 304) return;
    if (answer.status === 401) throw new SignedOut();
    if (answer.status === 503) throw new Away();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    show(await answer.text(), words);
    tag = answer.headers.get("ETag") ?? "";
  }

  function end() {
    over = true;
    window.clearTimeout(timer);
    close();
    say("lost", words.wordOut);
  }

  async function turn() {
    window.clearTimeout(timer);
    if (over || document.hidden) return; // the page looks again as soon as it is seen
    if (looking) {
      again = true;
      return;
    }
    looking = true;
    try {
      await look();
      failures = 0;
      sayHowItIs();
    } catch (error) {
      if (error instanceof SignedOut) return end();
      failures += 1;
      if (failures > 1) say("lost", error instanceof Away ? words.wordDatabase : words.wordLost);
    } finally {
      looking = false;
    }
    if (over) return;
    if (again) {
      again = false;
      turn();
      return;
    }
    const calm = hearing && !away.includes("unknown") && !away.includes("bus") && failures === 0;
    const hurried = Math.min(WAIT_MILLISECONDS * 2 ** Math.max(0, failures - 1), LONGEST_WAIT_MILLISECONDS);
    timer = window.setTimeout(turn, calm ? CALM_MILLISECONDS : hurried);
  }

  function close() {
    window.clearTimeout(reopen);
    if (stream) stream.close();
    stream = null;
    hearing = false;
  }

  function open() {
    close();
    if (over || document.hidden || !words.stream) return;
    stream = new EventSource(words.stream);
    stream.addEventListener("open", () => {
      hearing = true;
      turn(); // what came while nobody listened
    });
    stream.addEventListener("news", turn);
    stream.addEventListener("state", (event) => {
      away = JSON.parse(event.data).away;
      sayHowItIs();
      turn();
    });
    stream.addEventListener("ended", end);
    stream.addEventListener("error", () => {
      hearing = false;
      if (stream && stream.readyState === EventSource.CLOSED) reopen = window.setTimeout(open, OPEN_AGAIN_MILLISECONDS);
      turn();
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else {
      open();
      turn();
    }
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { open(); turn(); } });
  open();
  turn();
}

remember(document);
localise(document);
const status = document.getElementById("live");
if (status) watch(status);
document.addEventListener("htmx:afterSwap", () => localise(document)); // what was swapped in tells its times in UTC
