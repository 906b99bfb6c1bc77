import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

/** Makes an integration, or changes one. */
export const SaveIntegration = mutation(
  graphql(`
    mutation StaffSaveIntegration($input: SaveIntegrationInput!) {
      saveIntegration(input: $input) {
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
