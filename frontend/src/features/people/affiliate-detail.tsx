import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { Eye } from "lucide-react";
import { type ReactElement, useState } from "react";

import { DetailHead, DetailPart } from "@/components/records/detail-head";
import { MissingDetail } from "@/components/records/missing-detail";
import { useSave } from "@/components/records/use-save";
import { Button } from "@/components/ui/button";
import { DialogButton } from "@/components/ui/dialog-button";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import { graphql } from "@/graphql/graphql";
import { viewAs } from "@/graphql/looking";
import { mutation } from "@/graphql/mutation";
import { useNode } from "@/graphql/use-node";
import { useViewer } from "@/graphql/viewer";

import { ArchiveAffiliate } from "./archive-affiliate";
import { type Fresh, FreshPassword, UserForm } from "./user-form";
import { UserParts } from "./user-mutations";
import { Users } from "./users";

const AffiliateQuery = graphql(
  `
    query StaffAffiliate($id: ID!) {
      node(id: $id) {
        ... on Affiliate {
          id
          name
          archivedAt
          managerUser {
            id
          }
          users {
            id
            ...UserParts
          }
        }
      }
      staff {
        id
        ...UserParts
      }
    }
  `,
  [UserParts],
);

const SetManager = mutation(
  graphql(`
    mutation StaffSetManager($input: SetManagerInput!) {
      setManager(input: $input) {
        affiliate {
          id
          manager {
            name
            email
          }
          managerUser {
            id
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  `),
);

const route = getRouteApi("/shell/staff/affiliates/$id");

/** The choice of no manager: a list has no place for null. */
const nobody = "nobody";

/** An affiliate: whom its pages name as its manager, and who signs in for it. */
export function AffiliateDetail(): ReactElement {
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const viewer = useViewer();
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const { errors, save } = useSave(SetManager, "setManager", ["userId"]);
  const detail = useNode({
    query: AffiliateQuery,
    id,
    pick: ({ node }) => (node && "managerUser" in node ? node : null),
  });
  const close = () => {
    void navigate({ to: "/staff/affiliates", search });
  };
  const affiliate = detail.node;
  if (!affiliate) return <MissingDetail what="affiliate" detail={detail} onClose={close} />;
  const managers = (detail.data?.staff ?? []).filter((user) => user.disabledAt === null);
  return (
    <>
      <DetailHead title={affiliate.name} name={affiliate.name} onClose={close}>
        <ArchiveAffiliate affiliate={affiliate} />
        <Button
          size="sm"
          icon={Eye}
          onPress={() => {
            viewAs(affiliate.id);
          }}
        >
          View as
        </Button>
      </DetailHead>
      <DetailPart title="Manager">
        <Select
          label="Manager"
          hideLabel
          hint="The affiliate's pages name this person where they say whom to ask."
          choices={[
            { id: nobody, label: "No manager" },
            ...managers.map((user) => ({
              id: user.id,
              label: user.name ?? user.email,
              ...(user.name !== null && { hint: user.email }),
            })),
          ]}
          value={affiliate.managerUser?.id ?? nobody}
          error={errors.fields["userId"] ?? errors.general ?? undefined}
          onChange={(chosen) => {
            void save({ affiliateId: affiliate.id, userId: chosen === nobody ? null : chosen }).then(
              (payload) => {
                if (payload) toast(`Saved the manager of ${affiliate.name}`);
              },
            );
          }}
        />
      </DetailPart>
      <DetailPart
        title="Users"
        aside={
          <DialogButton
            size="sm"
            label="New user"
            title={`New user: ${affiliate.name}`}
            renderContent={(close) => (
              <UserForm
                affiliateId={affiliate.id}
                onMade={(made) => {
                  close();
                  setFresh(made);
                  detail.retry();
                }}
              />
            )}
          />
        }
      >
        <div className="-mx-4">
          <Users users={affiliate.users ?? []} of={affiliate.name} viewer={viewer} onChanged={detail.retry} />
        </div>
      </DetailPart>
      <FreshPassword
        fresh={fresh}
        onClose={() => {
          setFresh(null);
        }}
      />
    </>
  );
}
