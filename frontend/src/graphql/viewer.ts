import { useQuery } from "urql";

import { graphql, type ResultOf } from "./graphql";

export const ViewerQuery = graphql(`
  query Viewer {
    viewer {
      role
      looking
      echoUrl
      user {
        id
        email
        timeZone
      }
      affiliate {
        id
        name
      }
    }
    instance {
      version
      publicUrl
    }
  }
`);

export type Viewer = NonNullable<ResultOf<typeof ViewerQuery>["viewer"]>;

/** Who is signed in. The shell has asked already: inside it the answer comes from the cache. */
export function useViewer(): Viewer | null {
  const [{ data }] = useQuery({ query: ViewerQuery });
  return data?.viewer ?? null;
}

export function usePublicUrl(): string {
  const [{ data }] = useQuery({ query: ViewerQuery });
  return data?.instance.publicUrl ?? location.origin;
}

/** Staff see every affiliate's things, so their lists say whose each is. */
export function useIsStaff(): boolean {
  const viewer = useViewer();
  return viewer !== null && viewer.role !== "AFFILIATE";
}
