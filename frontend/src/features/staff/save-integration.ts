import { graphql } from "@/graphql/graphql";

/** Makes an integration, or changes one. */
export const SaveIntegration = graphql(`
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
`);
