import { useSyncExternalStore } from "react";
import {
  type AnyVariables,
  type Client,
  type CombinedError,
  createRequest,
  type OperationResult,
  type TypedDocumentNode,
  useClient,
} from "urql";

import { useKept } from "@/history/entry";

// Pages belong to the component that shows them. The cache keeps each page under its own arguments and never joins
// two of them, so no query can change what another one shows.

interface Connection<Row> {
  edges: readonly { node: Row }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** A query with `$after`, and where its answer has the list. */
export interface PagedQuery<Data, Variables, Row> {
  query: TypedDocumentNode<Data, Variables & { after?: string | null }>;
  list: (data: Data) => Connection<Row> | null;
}

export interface Paged<Data, Row> {
  /** The first page's whole answer. */
  data: Data | undefined;
  /** The rows of all pages so far, each once. */
  rows: readonly Row[];
  hasNext: boolean;
  loadMore: () => void;
  /** A page is awaited, for the first time or once more. */
  fetching: boolean;
  isLoadingMore: boolean;
  /** Why there is no first page. */
  error: CombinedError | undefined;
  /** Why the last page is missing; `loadMore` asks for it once more. */
  moreError: CombinedError | undefined;
  /** Certain that there is nothing: false while anything is awaited. */
  isEmpty: boolean;
  /** Asks for every page once more. */
  refetch: () => void;
  /** Asks for the first page once more and lets the others go. */
  restart: () => void;
}

type State<Data, Row> = Omit<Paged<Data, Row>, "loadMore" | "refetch" | "restart">;

type Answer<Data> = Pick<OperationResult<Data>, "data" | "error" | "stale">;

interface Page<Data> {
  after: string | null;
  result: Answer<Data> | undefined;
  stop: () => void;
}

/** The pages of one list, each watched in the cache. A page begins where the one before it ends, also after a refetch. */
class Pages<Data, Variables extends AnyVariables, Row extends { id: string }> {
  #pages: Page<Data>[] = [];
  /** Where the pages begin that were shown last. */
  #begins: (string | null)[] = [null];
  #state: State<Data, Row>;
  #tell: () => void = () => undefined;

  constructor(
    private readonly client: Client,
    private readonly of: PagedQuery<Data, Variables, Row>,
    private readonly variables: Variables,
  ) {
    // What the cache has is there at the first drawing.
    const known = client.readQuery(of.query, this.#variables(null), { requestPolicy: "cache-only" });
    const data = known?.data ?? undefined;
    this.#state = this.#summary([
      { after: null, result: data && { data, stale: true }, stop: () => undefined },
    ]);
  }

  readonly state = (): State<Data, Row> => this.#state;

  readonly subscribe = (tell: () => void): (() => void) => {
    // What the cache has of them is there at once: nothing is told before all are open.
    for (const [at, after] of this.#begins.entries()) this.#open(at, after);
    this.#tell = tell;
    this.#changed();
    return () => {
      this.#tell = () => undefined;
      this.#begins = this.#pages.map(({ after }) => after);
      this.#close(0);
    };
  };

  readonly loadMore = (): void => {
    const last = this.#pages.length - 1;
    const page = this.#pages[last];
    if (!page || this.#state.isLoadingMore) return;
    if (this.#state.moreError) this.#askAgain(page);
    const next = this.#next(page);
    if (next !== null) this.#open(last + 1, next);
    this.#changed();
  };

  readonly refetch = (): void => {
    for (const page of this.#pages) this.#askAgain(page);
  };

  readonly restart = (): void => {
    this.#close(1);
    this.refetch();
    this.#changed();
  };

  #variables(after: string | null): Variables & { after: string | null } {
    return { ...this.variables, after };
  }

  #request(after: string | null) {
    return createRequest(this.of.query, this.#variables(after));
  }

  #askAgain(page: Page<Data>): void {
    const request = this.#request(page.after);
    this.client.reexecuteOperation(
      this.client.createRequestOperation("query", request, { requestPolicy: "network-only" }),
    );
  }

  /** Where the page after this one begins; null after the last one. */
  #next(page: Page<Data>): string | null {
    const list = page.result?.data ? this.of.list(page.result.data) : null;
    return list?.pageInfo.hasNextPage === true ? list.pageInfo.endCursor : null;
  }

  #open(at: number, after: string | null): void {
    const old = this.#pages[at];
    if (old?.after === after) return;
    old?.stop();
    const page: Page<Data> = {
      after,
      result: old?.result && { ...old.result, stale: true },
      stop: () => undefined,
    };
    this.#pages[at] = page;
    const watch = this.client
      .executeQuery(this.#request(after), { requestPolicy: "cache-and-network" })
      .subscribe((result) => {
        page.result = result;
        this.#follow(at, page);
        this.#changed();
      });
    page.stop = () => {
      watch.unsubscribe();
    };
  }

  /** Moves the pages after this one to where it ends now. */
  #follow(at: number, page: Page<Data>): void {
    if (this.#pages.length === at + 1 || !page.result?.data) return;
    const next = this.#next(page);
    if (next === null) this.#close(at + 1);
    else this.#open(at + 1, next);
  }

  #close(from: number): void {
    for (const page of this.#pages.splice(from)) page.stop();
  }

  #changed(): void {
    this.#state = this.#summary(this.#pages);
    this.#tell();
  }

  #summary(pages: readonly Page<Data>[]): State<Data, Row> {
    const rows = new Map<string, Row>();
    let hasNext = false;
    for (const { result } of pages) {
      const list = result?.data ? this.of.list(result.data) : null;
      if (!list) continue;
      for (const { node } of list.edges) rows.set(node.id, node);
      hasNext = list.pageInfo.hasNextPage;
    }
    const [first] = pages;
    const last = pages.at(-1);
    const data = first?.result?.data ?? undefined;
    const fetching = pages.some(({ result }) => result === undefined || result.stale);
    return {
      data,
      rows: [...rows.values()],
      hasNext,
      fetching,
      isLoadingMore: pages.length > 1 && (last?.result === undefined || last.result.stale),
      error: data ? undefined : first?.result?.error,
      moreError:
        pages.length > 1 && last?.result?.stale === false && !last.result.data
          ? last.result.error
          : undefined,
      isEmpty: data !== undefined && rows.size === 0 && !fetching,
    };
  }
}

/** A list page's rows, page after page. The query is fixed; other variables are another list. */
export function usePaged<Data, Variables extends AnyVariables, Row extends { id: string }>(
  of: PagedQuery<Data, Variables, Row>,
  variables: NoInfer<Variables>,
): Paged<Data, Row> {
  const client = useClient();
  const key = JSON.stringify(variables);
  // Who comes back finds the pages that were open, and so the place in them.
  const pages = useKept(
    client,
    `${String(createRequest(of.query, { ...variables, after: null }).key)} ${key}`,
    () => new Pages(client, of, JSON.parse(key) as Variables),
  );
  const state = useSyncExternalStore(pages.subscribe, pages.state);
  return { ...state, loadMore: pages.loadMore, refetch: pages.refetch, restart: pages.restart };
}
