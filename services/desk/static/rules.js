"use strict";
// Two small services of the rules' pages: the cursor goes where a complaint points, and a file comes into its field.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-go-to]");
  if (!button) return;
  const field = document.getElementById(button.dataset.of);
  const place = [...field.value].slice(0, Number(button.dataset.goTo)).join("").length; // code points, as the server counts
  field.focus();
  field.setSelectionRange(place, place);
});

for (const box of document.querySelectorAll("[data-needs-script]")) box.hidden = false;

for (const chooser of document.querySelectorAll("input[type=file][data-into]")) {
  chooser.addEventListener("change", async () => {
    const [file] = chooser.files;
    if (file) document.getElementById(chooser.dataset.into).value = await file.text();
  });
}

// What a query is found to be stands on its field too, for who does not see the words below it.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "check") return;
  const field = document.getElementById("query");
  if (document.getElementById("query-wrong")) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
});
