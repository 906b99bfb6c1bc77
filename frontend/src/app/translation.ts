// A browser that translates the page takes React's text nodes out and puts <font> elements in their place. React knows
// nothing of it: it breaks when it removes such a node or inserts beside it (https://github.com/facebook/react/issues/11538),
// and what it changes in one is seen nowhere. Here a text node takes its place back as soon as React touches it; the translator
// then translates it anew.

/** What a translator put in place of a text node. */
const standIns = new WeakMap<Node, ChildNode>();

/** Puts a text node back where its translation stands. */
function restore(node: Node): void {
  const standIn = standIns.get(node);
  if (standIn === undefined) return;
  standIns.delete(node);
  standIn.replaceWith(node);
}

function remember(records: readonly MutationRecord[]): void {
  for (const { removedNodes, addedNodes } of records) {
    const [gone] = removedNodes;
    const [come] = addedNodes;
    if (gone instanceof Text && come instanceof HTMLElement && come.tagName === "FONT")
      standIns.set(gone, come);
  }
}

/** Translators mark the page that they translate: by a class of their own, or by its new language. */
const isTranslated = (root: HTMLElement, own: string) =>
  root.lang !== own || root.classList.contains("translated-ltr") || root.classList.contains("translated-rtl");

/** Lets React live with translators. Called once, before anything is rendered. */
export function surviveTranslation(): void {
  const root = document.documentElement;
  const own = root.lang;
  const replaced = new MutationObserver(remember);
  const watch = () => {
    if (isTranslated(root, own)) replaced.observe(document.body, { childList: true, subtree: true });
  };
  new MutationObserver(watch).observe(root, { attributes: true, attributeFilter: ["class", "lang"] });
  watch();

  // The observer is told after the translator's turn; what React does in between is rare, and must not break either.
  const settle = (node: Node) => {
    remember(replaced.takeRecords());
    restore(node);
  };
  // oxlint-disable-next-line typescript/unbound-method -- both are called with their own this
  const { removeChild, insertBefore } = Node.prototype;
  Node.prototype.removeChild = function <T extends Node>(this: Node, child: T): T {
    if (child.parentNode !== this) settle(child);
    return child.parentNode === this ? (removeChild.call(this, child) as T) : child;
  };
  // Libraries leave the second argument out, as browsers allow.
  Node.prototype.insertBefore = function <T extends Node>(this: Node, node: T, before?: Node | null): T {
    if (before && before.parentNode !== this) settle(before);
    return insertBefore.call(this, node, before?.parentNode === this ? before : null) as T;
  };
  const value = Object.getOwnPropertyDescriptor(Node.prototype, "nodeValue");
  if (value?.set === undefined) return;
  // oxlint-disable-next-line typescript/unbound-method -- it is called with its own this
  const { set } = value;
  Object.defineProperty(Node.prototype, "nodeValue", {
    ...value,
    set(this: Node, text: string | null) {
      if (this.parentNode === null) settle(this);
      set.call(this, text);
    },
  });
}
