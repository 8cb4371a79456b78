"use strict";
// Finds one of many boxes to tick as somebody types, and copies an address by a click. Without it everything is there,
// only longer to look through.

for (const finder of document.querySelectorAll("[data-finds]")) {
  const box = document.getElementById(finder.dataset.finds);
  finder.closest(".finder").hidden = false;
  finder.addEventListener("input", () => {
    const words = finder.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const choice of box.querySelectorAll(".choice")) {
      const text = choice.textContent.toLowerCase();
      const ticked = choice.querySelector("input").checked;
      choice.hidden = !ticked && !words.every((word) => text.includes(word));
    }
  });
  finder.addEventListener("change", (event) => event.stopPropagation()); // what is looked for is no choice
  finder.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // nor is it the end of the form
  });
}

for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) continue; // over plain http there is none
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
    button.textContent = button.dataset.done;
  });
}
