import { graphql } from "@/graphql/graphql";

/** Makes a source, or changes one. */
export const SaveSource = graphql(`
  mutation StaffSaveSource($input: SaveSourceInput!) {
    saveSource(input: $input) {
      mapped
      source {
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
