// Runs before the first paint, so that a dark page never flashes white. The choice itself is made in
// src/components/ui/theme.ts, under the same key.
(function () {
  var choice = "system";
  try {
    choice = localStorage.getItem("postrider.theme") || "system";
  } catch {
    // Private windows may refuse; then the system decides.
  }
  var dark = choice === "dark" || (choice === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
