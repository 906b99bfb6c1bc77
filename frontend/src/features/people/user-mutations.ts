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

export const UpdateUser = mutation(
  graphql(`
    mutation StaffUpdateUser($input: UpdateUserInput!) {
      updateUser(input: $input) {
        user {
          id
          name
          role
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

export const DeleteUser = mutation(
  graphql(`
    mutation StaffDeleteUser($input: DeleteUserInput!) {
      deleteUser(input: $input) {
        deletedId
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

/** Revokes a token of another user. */
export const RevokeUserToken = mutation(
  graphql(`
    mutation StaffRevokeToken($input: RevokeApiTokenInput!) {
      revokeApiToken(input: $input) {
        token {
          id
          revokedAt
        }
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
    affiliate {
      id
    }
    apiTokens {
      id
      name
      prefix
      lastUsedAt
      revokedAt
    }
  }
`);
