"use strict";
// Keeps the first page's lists fresh, and tells every time in the reader's own zone.
// An item that did not change keeps its very element, so that focus, selection and scroll position stay where they are.

const WAIT_MILLISECONDS = 2000; // within the two seconds that a new alert may take to appear
const LONGEST_WAIT_MILLISECONDS = 15000; // while the desk cannot be reached
const REQUEST_LIMIT_MILLISECONDS = 10000;

const pristine = new WeakMap(); // each item as the server sent it, before its times were put into words
const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const yearFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const fullFormat = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

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

function tell(list, arrived) {
  const headlines = arrived.map((item) => item.querySelector("h3")).filter(Boolean);
  if (!list.dataset.tell || headlines.length === 0) return;
  const told = document.getElementById("told");
  told.textContent = headlines.length === 1
    ? `${list.dataset.tell}: ${headlines[0].textContent.trim()}`
    : `${headlines.length} new alerts`;
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const putBack = holdPlace();
  for (const fresh of page.querySelectorAll("[data-live]")) {
    const list = document.getElementById(fresh.id);
    if (list) tell(list, merge(list, fresh));
  }
  putBack();
}

class SignedOut extends Error {}

function watch(status) {
  let tag = "";
  let failures = 0;
  let timer = 0;

  function say(state, words) {
    if (status.dataset.state === state) return;
    status.dataset.state = state;
    status.textContent = words;
  }

  async function look() {
    const answer = await fetch(status.dataset.source, {
      cache: "no-store",
      headers: tag ? { "If-None-Match": tag } : {},
      signal: AbortSignal.timeout(REQUEST_LIMIT_MILLISECONDS),
    });
    if (answer.status === 304) return;
    if (answer.status === 401) throw new SignedOut();
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    show(await answer.text());
    tag = answer.headers.get("ETag") ?? "";
  }

  async function turn() {
    window.clearTimeout(timer);
    if (document.hidden) return; // the page looks again as soon as it is seen
    try {
      await look();
      failures = 0;
      say("live", "Live");
    } catch (error) {
      if (error instanceof SignedOut) return say("lost", "Signed out. Reload the page to sign in");
      failures += 1;
      if (failures > 1) say("lost", "Connection lost, trying again");
    }
    window.clearTimeout(timer);
    timer = window.setTimeout(turn, Math.min(WAIT_MILLISECONDS * 2 ** Math.max(0, failures - 1), LONGEST_WAIT_MILLISECONDS));
  }

  document.addEventListener("visibilitychange", turn);
  turn();
}

remember(document);
localise(document);
const status = document.getElementById("live");
if (status) watch(status);
document.addEventListener("htmx:afterSwap", () => localise(document)); // what was swapped in tells its times in UTC
