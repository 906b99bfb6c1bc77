import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

/** Shows a secret, and what is handed over with it; who asked is logged. */
export const Reveal = mutation(
  graphql(`
    mutation StaffReveal($input: RevealIntegrationSecretInput!) {
      revealIntegrationSecret(input: $input) {
        secret
        handOver {
          goal
          url
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
);
