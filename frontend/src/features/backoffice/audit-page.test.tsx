import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";

import { connection, type Page } from "@/test/basics";
import { open } from "@/test/render";
import { World } from "@/test/world";

function managersWorld(): World {
  const world = new World(3);
  world.role = "MANAGER";
  return world;
}

it("the audit reads as sentences, and what changed opens below", async () => {
  const { user } = open("/staff/audit", managersWorld());
  const sentence = await screen.findByText(/changed the URL of postback “Keitaro FTD” of North Star Media/);
  expect(screen.getByText("https://old.example/")).not.toBeVisible();
  await user.click(sentence);
  expect(screen.getByText("https://old.example/").tagName).toBe("DEL");
  expect(screen.getByText("https://new.example/")).toBeVisible();
});

it("the kind of thing and the dates are in the address, and in what is asked", async () => {
  const world = managersWorld();
  const asked: unknown[] = [];
  world.also = {
    auditEntries: ({ filter }: { filter: unknown }) => {
      asked.push(filter);
      return connection<{ id: string }>([], {});
    },
  };
  const { user, path } = open("/staff/audit", world);
  expect(await screen.findByText("No changes yet")).toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Filter by what" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "exchange rate" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "deal" }));
  await user.keyboard("{Escape}");
  expect(path()).toBe("/staff/audit?entity=exchange_rate,deal");
  expect(asked.at(-1)).toEqual({ entities: ["EXCHANGE_RATE", "DEAL"] });
  expect(await screen.findByText("No changes match")).toBeInTheDocument();
});

it("says who, and through what: a user, a token, or Postrider itself", async () => {
  const world = managersWorld();
  const entry = {
    __typename: "AuditEntry",
    id: "E1",
    at: "2026-06-12T10:00:00Z",
    action: "CREATE",
    entity: "CAMPAIGN",
    entityId: "7",
    subject: "TikTok LatAm",
    through: "SESSION",
    user: { __typename: "User", id: "U1", email: "anna@northstar.example" },
    affiliate: null,
    changes: [],
  };
  world.also = {
    auditEntries: connection(
      [entry, { ...entry, id: "E2", through: "TOKEN" }, { ...entry, id: "E3", user: null }],
      {},
    ),
  };
  open("/staff/audit", world);
  const list = within(await screen.findByRole("list", { name: "Audit log" }));
  const [bySession, byToken, byItself] = await list.findAllByRole("listitem");
  expect(bySession).toHaveTextContent(/^anna@northstar\.example created campaign “TikTok LatAm”/);
  expect(bySession).not.toHaveTextContent("by an API token");
  expect(byToken).toHaveTextContent("by an API token");
  expect(byItself).toHaveTextContent(/^Postrider created/);
});

it("a long log goes on where it ended, and one that could not be fetched is asked for again", async () => {
  const world = managersWorld();
  const entries = Array.from({ length: 60 }, (_, i) => ({
    __typename: "AuditEntry",
    id: `E${String(i)}`,
    at: "2026-06-12T10:00:00Z",
    action: "CREATE",
    entity: "CAMPAIGN",
    entityId: String(i),
    subject: `Campaign ${String(i)}`,
    through: "SESSION",
    user: null,
    affiliate: null,
    changes: [],
  }));
  world.also = { auditEntries: (args: Page) => connection(entries, args) };
  world.failures.set("StaffAudit", { message: "The database is away." });
  const { user } = open("/staff/audit", world);
  expect(await screen.findByText("The audit log could not be fetched")).toBeInTheDocument();
  world.failures.clear();
  await user.click(screen.getByRole("button", { name: "Try again" }));
  const list = within(await screen.findByRole("list", { name: "Audit log" }));
  expect(await list.findByText(/“Campaign 49”/)).toBeInTheDocument();
  expect(list.queryByText(/“Campaign 50”/)).not.toBeInTheDocument();
  await user.click(screen.getByRole("button", { name: "Load more" }));
  expect(await list.findByText(/“Campaign 59”/)).toBeInTheDocument();
  expect(list.getAllByRole("listitem")).toHaveLength(60);
});
