import { ago, connection, type Page } from "./basics";
import type { World } from "./world";

/** What the API answers about who asks and their account. */
export function accountRoot(world: World) {
  return {
    viewer: () => world.viewer,
    instance: () => ({
      hold: world.hold,
      version: "0.1.0",
      publicUrl: "https://go.postrider.example",
      demoUsers: [
        {
          email: "anna@northstar.example",
          password: world.password,
          role: "AFFILIATE",
          label: "North Star Media, an affiliate",
        },
        {
          email: "max@postrider.example",
          password: world.password,
          role: "MANAGER",
          label: "Max, affiliate manager",
        },
      ],
    }),
    setHold: ({ input }: { input: { on: boolean } }) => {
      world.hold = input.on ? { reason: "ASKED", since: ago(0), note: null } : null;
      return { instance: { hold: world.hold }, userErrors: [] };
    },
    echoRequests: (args: Page) => connection(world.echo, args),
    signIn: ({ input }: { input: { email: string; password: string } }) => {
      if (input.password !== world.password) {
        return {
          viewer: null,
          userErrors: [
            { field: null, message: "E-mail and password do not belong together.", code: "INVALID" },
          ],
        };
      }
      world.isSignedIn = true;
      world.role = input.email.startsWith("max") ? "MANAGER" : "AFFILIATE";
      return { viewer: world.viewer, userErrors: [] };
    },
    signOut: () => {
      world.isSignedIn = false;
      return { userErrors: [] };
    },
    changePassword: ({ input }: { input: { currentPassword: string } }) =>
      input.currentPassword === world.password
        ? { viewer: world.viewer, userErrors: [] }
        : {
            viewer: null,
            userErrors: [
              { field: ["currentPassword"], message: "That is not your password.", code: "INVALID" },
            ],
          },
    updateSettings: ({ input }: { input: { name?: string; timeZone?: string } }) => {
      if ((input.name ?? "").length > 200) {
        return {
          viewer: null,
          userErrors: [
            { field: ["name"], message: "is longer than 200 bytes, or not valid text", code: "INVALID" },
          ],
        };
      }
      world.name = input.name?.trim() ?? world.name;
      world.timeZone = input.timeZone ?? world.timeZone;
      return { viewer: world.viewer, userErrors: [] };
    },
    createApiToken: ({ input }: { input: { name: string; scopes?: string[] } }) => {
      const token = world.makeToken(`T${String(world.tokens.length + 1)}`, input.name, 0);
      token.scopes = input.scopes ?? [];
      world.tokens.push(token);
      return { token, secret: "pr_live_9fK2vX0123456789abcdef", userErrors: [] };
    },
    updateApiToken: ({ input }: { input: { id: string; name: string } }) => {
      const token = world.tokens.find((t) => t.id === input.id);
      if (input.name.length > 100) {
        return {
          token: null,
          userErrors: [{ field: ["name"], message: "is too long", code: "INVALID" }],
        };
      }
      if (token) token.name = input.name;
      return { token, userErrors: [] };
    },
    revokeApiToken: ({ input }: { input: { id: string } }) => {
      const token = world.tokens.find((t) => t.id === input.id);
      if (token) token.revokedAt = ago(0);
      return { token, userErrors: [] };
    },
  };
}
