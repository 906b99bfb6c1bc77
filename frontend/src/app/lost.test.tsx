import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { afterEach, describe, expect, it, vi } from "vitest";

import { recordNavigation } from "@/test/navigation";
import { server } from "@/test/server";

import { askServer, entries } from "./ask-server";
import { Broken } from "./broken";
import { isLostCode, LostCode } from "./code";

afterEach(() => {
  vi.unstubAllGlobals();
  document.head.querySelectorAll("script").forEach((script) => {
    script.remove();
  });
});

/** The document that the server has now. */
const serves = (html: string) => {
  server.use(http.get("*/", () => HttpResponse.html(html)));
};

function ours(src: string): void {
  const script = document.createElement("script");
  script.type = "module";
  script.setAttribute("src", src);
  document.head.append(script);
}

const lost = <Broken error={new LostCode(new Error("gone"))} reset={() => undefined} />;

describe("the code of a page that does not come", () => {
  it("is told by its error, in each browser's words", () => {
    for (const words of [
      "Failed to fetch dynamically imported module: https://x/a.js",
      "error loading dynamically imported module",
      "Importing a module script failed.",
      "Unable to preload CSS for /a.css",
    ]) {
      expect(isLostCode(new Error(words))).toBe(true);
    }
    expect(isLostCode(new Error("x is undefined"))).toBe(false);
    expect(isLostCode("Importing a module script failed.")).toBe(false);
  });

  it("where the server is away waits for it, and then gets the document too", async () => {
    const { reload } = recordNavigation();
    server.use(http.get("*/", () => HttpResponse.error()));
    const user = userEvent.setup();
    render(lost);
    expect(await screen.findByText(/The server could not be reached/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(reload).not.toHaveBeenCalled();
    serves("<script src=/a.js></script>");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => {
      expect(reload).toHaveBeenCalledOnce();
    });
  });

  it("because there is a new version says so", async () => {
    const { reload } = recordNavigation();
    ours("/assets/app-1.js");
    serves('<html><script type="module" src="/assets/app-2.js"></script></html>');
    const user = userEvent.setup();
    render(lost);
    expect(await screen.findByText("This page has changed")).toBeInTheDocument();
    expect(screen.getByText(/drafts are kept/)).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Reload" }));
    expect(reload).toHaveBeenCalledOnce();
  });

  it("with the same version can only be tried again", async () => {
    ours("/assets/app-1.js");
    serves('<script type="module" src="/assets/app-1.js"></script>');
    expect(await askServer()).toBe("same");
    render(lost);
    expect(await screen.findByText("Its code did not arrive. Try again.")).toBeInTheDocument();
    expect(entries('<script src="/a.js"></script><script>1</script>')).toEqual(["/a.js"]);
  });
});

it("a page that failed says why, and is tried again where it stands", async () => {
  const reset = vi.fn<() => void>();
  const user = userEvent.setup();
  const { rerender } = render(<Broken error={new Error("No such macro.")} reset={reset} />);
  expect(screen.getByRole("alert")).toHaveTextContent("This page failedNo such macro.");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(reset).toHaveBeenCalledOnce();
  rerender(<Broken error={new Error("")} reset={reset} />);
  expect(screen.getByRole("alert")).toHaveTextContent("This page failed");
});
