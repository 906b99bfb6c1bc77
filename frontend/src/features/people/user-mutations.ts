import { graphql } from "@/graphql/graphql";
import { mutation } from "@/graphql/mutation";

export const CreateUser = mutation(
  graphql(`
    mutation StaffCreateUser($input: CreateUserInput!) {
      createUser(input: $input) {
        password
        user {
          id
          email
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
  "affiliates",
  "staff",
  "node",
);

export const SetDisabled = mutation(
  graphql(`
    mutation StaffSetDisabled($input: SetUserDisabledInput!) {
      setUserDisabled(input: $input) {
        user {
          id
          disabledAt
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
);

export const ResetPassword = mutation(
  graphql(`
    mutation StaffResetPassword($input: ResetPasswordInput!) {
      resetPassword(input: $input) {
        password
        userErrors {
          field
          message
        }
      }
    }
  `),
);

export const UserParts = graphql(`
  fragment UserParts on User @_unmask {
    id
    email
    name
    role
    lastSignInAt
    disabledAt
  }
`);
