import { expect, type Locator, type Page } from "@playwright/test";

/** What somebody can do with a page: each is counted as one action, however many keys it takes to get there. */
export interface Hands {
  actions: () => number;
  press: (what: Locator) => Promise<void>;
  tick: (name: RegExp) => Promise<void>;
  /** Turns a switch off. */
  turnOff: (name: RegExp) => Promise<void>;
  paste: (where: Locator, text: string) => Promise<void>;
  /** Types into a field, in the place of what it holds. */
  type: (where: Locator, text: string) => Promise<void>;
  choose: (field: Locator, option: RegExp) => Promise<void>;
  /** Types into a combo box, and takes what is found. */
  find: (field: Locator, text: string) => Promise<void>;
}

/** With a mouse, or with a finger where the page is a phone's. */
export function pointer(page: Page, isPhone: boolean): Hands {
  let count = 0;
  const press = async (what: Locator) => {
    count += 1;
    await (isPhone ? what.tap() : what.click());
  };
  return {
    actions: () => count,
    press,
    tick: async (name) => {
      await press(page.locator("label").filter({ has: page.getByRole("checkbox", { name }) }));
      await expect(page.getByRole("checkbox", { name })).toBeChecked();
    },
    turnOff: async (name) => {
      await press(page.locator("label").filter({ has: page.getByRole("switch", { name }) }));
      await expect(page.getByRole("switch", { name })).not.toBeChecked();
    },
    paste: async (where, text) => {
      await press(where);
      await page.evaluate((t) => navigator.clipboard.writeText(t), text);
      await page.keyboard.press("Control+V");
    },
    type: async (where, text) => {
      await press(where);
      await page.keyboard.press("Control+A");
      await page.keyboard.insertText(text);
    },
    choose: async (field, option) => {
      await press(field);
      await press(page.getByRole("option", { name: option }));
    },
    find: async (field, text) => {
      await press(field);
      await page.keyboard.type(text);
      await press(page.getByRole("option", { name: text }));
    },
  };
}

/** Presses a key until something is so; each press has to be seen before the next. */
async function pressUntil(
  page: Page,
  key: string,
  isSo: () => Promise<boolean>,
  most: number,
): Promise<void> {
  if (await isSo()) return;
  if (most === 0) throw new Error(`${key} does not lead there`);
  await page.keyboard.press(key);
  await pressUntil(page, key, isSo, most - 1);
}

/** With the keyboard alone: Tab until one is there, then the key that a control of its kind takes. */
export function keyboard(page: Page): Hands {
  let count = 0;
  const reach = async (what: Locator) => {
    // Held on to: while a list is open, everything else is hidden from those who look by roles, as a screen reader does.
    const target = await what.first().elementHandle();
    if (target === null) throw new Error("it is not on the page");
    await pressUntil(
      page,
      "Tab",
      () => target.evaluate((element) => element === document.activeElement),
      120,
    );
  };
  const press = async (what: Locator, key = "Enter") => {
    count += 1;
    await reach(what);
    await page.keyboard.press(key);
  };
  return {
    actions: () => count,
    press: (what) => press(what),
    tick: async (name) => {
      await press(page.getByRole("checkbox", { name }), "Space");
      await expect(page.getByRole("checkbox", { name })).toBeChecked();
    },
    turnOff: async (name) => {
      await press(page.getByRole("switch", { name }), "Space");
      await expect(page.getByRole("switch", { name })).not.toBeChecked();
    },
    paste: async (where, text) => {
      count += 1;
      await reach(where);
      await page.evaluate((t) => navigator.clipboard.writeText(t), text);
      await page.keyboard.press("Control+V");
    },
    type: async (where, text) => {
      count += 1;
      await reach(where);
      await page.keyboard.press("Control+A");
      await page.keyboard.insertText(text);
    },
    find: async (field, text) => {
      count += 1;
      await reach(field);
      await page.keyboard.type(text);
      await expect(page.getByRole("option", { name: text })).toBeVisible();
      // What is pointed at by keyboard is no focus of its own: the field keeps it.
      await pressUntil(
        page,
        "ArrowDown",
        async () => (await field.getAttribute("aria-activedescendant")) !== null,
        3,
      );
      await page.keyboard.press("Enter");
    },
    choose: async (field, option) => {
      await press(field);
      const wanted = page.getByRole("option", { name: option });
      await wanted.waitFor();
      count += 1;
      // The list begins on what is chosen already, and does not go round.
      await page.keyboard.press("Home");
      await pressUntil(
        page,
        "ArrowDown",
        () => wanted.evaluate((element) => element === document.activeElement),
        40,
      );
      await page.keyboard.press("Enter");
    },
  };
}
