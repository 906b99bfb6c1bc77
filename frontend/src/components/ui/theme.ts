import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";

// public/theme.js reads the same key before the first paint.
const key = "postrider.theme";
const listeners = new Set<() => void>();

function isChoice(value: string | null): value is ThemeChoice {
  return value === "system" || value === "light" || value === "dark";
}

export function themeChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(key);
    return isChoice(stored) ? stored : "system";
  } catch {
    return "system";
  }
}

function apply(): void {
  const choice = themeChoice();
  const dark =
    choice === "dark" || (choice === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
  for (const listener of listeners) listener();
}

export function setTheme(choice: ThemeChoice): void {
  try {
    localStorage.setItem(key, choice);
  } catch {
    // Private windows may refuse: then the choice lasts as long as the page.
  }
  apply();
}

/** Follows the system's change and other tabs' choices. Called once. */
export function watchTheme(): void {
  apply();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  window.addEventListener("storage", (e) => {
    if (e.key === key) apply();
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useTheme(): ThemeChoice {
  return useSyncExternalStore(subscribe, themeChoice);
}

/** The theme on screen, for what CSS does not colour. */
export function useShownTheme(): string {
  return useSyncExternalStore(subscribe, () => document.documentElement.dataset["theme"] ?? "light");
}
