// What wide code and tables need to be read without a mouse: a place in the tab order, while they
// scroll, and names that tell the bars of several code blocks apart.
"use strict";

function mend() {
  for (const box of document.querySelectorAll(".md-typeset pre > code, .md-typeset__scrollwrap")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
  document.querySelectorAll(".md-code__nav").forEach((bar, index) => {
    bar.setAttribute("aria-label", `Code block ${index + 1}`);
  });
}

window.addEventListener("load", () => {
  mend();
  new MutationObserver(mend).observe(document.body, { childList: true, subtree: true });
  window.addEventListener("resize", mend);
});
