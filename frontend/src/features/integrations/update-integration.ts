import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

/** Changes an integration. */
export const UpdateIntegration = mutation(
  graphql(`
    mutation StaffUpdateIntegration($input: UpdateIntegrationInput!) {
      updateIntegration(input: $input) {
        mapped
        integration {
          id
          name
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "integrations",
);
