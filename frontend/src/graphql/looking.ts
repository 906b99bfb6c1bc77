// Staff may look at an affiliate's pages as the affiliate sees them. It holds for this tab until it is ended.

const key = "postrider.view-as";

/** The id of the affiliate that is looked at; null for none. */
export function lookingAs(): string | null {
  return sessionStorage.getItem(key);
}

/** Begins anew with the affiliate's pages, or with one's own: nothing that was fetched for the one is kept for the other. */
export function viewAs(affiliateId: string | null, page = "/"): void {
  if (affiliateId === null) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, affiliateId);
  location.assign(page);
}
