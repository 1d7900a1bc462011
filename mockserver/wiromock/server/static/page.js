// Keeps the page current: asks for it again and puts in place what has changed.
// Everything works without this script too, by pressing buttons and reloading.
"use strict";

const PAUSE = 700; // milliseconds between two looks

// Regions that are replaced when they have changed. The one with the focus in it waits its turn,
// or somebody on a keyboard would lose their place; so does one in which somebody reads details.
function putIn(fresh) {
  for (const region of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(region.id);
    if (other === null || other.innerHTML === region.innerHTML) continue;
    if (region.querySelector("details[open]") !== null) continue;
    const focused = region.contains(document.activeElement) ? document.activeElement.id : "";
    if (region.contains(document.activeElement) && focused === "") continue;
    region.replaceChildren(...other.childNodes);
    if (focused !== "") document.getElementById(focused)?.focus();
  }
  document.title = fresh.title;
}

async function look() {
  try {
    if (!document.hidden) {
      const reply = await fetch(location.href, { headers: { "x-page-look": "again" } });
      if (reply.ok) putIn(new DOMParser().parseFromString(await reply.text(), "text/html"));
    }
    document.body.classList.remove("away");
  } catch {
    document.body.classList.add("away"); // the server is gone; it may come back
  }
  setTimeout(look, PAUSE);
}

// Listened to above all, because regions are replaced together with their buttons.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button === null) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
});

document.body.classList.add("scripted");
if (document.querySelector("[data-live]") !== null) setTimeout(look, PAUSE);
