import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  redirect,
  type RouterHistory,
} from "@tanstack/react-router";
import { Search } from "lucide-react";
import type { ReactElement } from "react";

import { parseAddress, stringifyAddress } from "@/components/records/address";
import { archivedSearch } from "@/components/records/archived";
import { buttonClass } from "@/components/ui/button";
import { SkeletonBlock } from "@/components/ui/skeleton";
import { EmptyState } from "@/components/ui/states";
import { auditSearch, clashesSearch } from "@/features/backoffice/search";
import { clicksSearch } from "@/features/clicks/search";
import { conversionsSearch } from "@/features/conversions/search";
import { deliveriesSearch } from "@/features/deliveries/search";
import { receivedSearch } from "@/features/integrations/search";
import { linksSearch } from "@/features/links/search";
import { affiliatesSearch } from "@/features/people/search";
import { newPostbackSearch, postbackSearch, trackerSearch } from "@/features/postbacks/search";
import { signInSearch } from "@/features/session/search";

import { Broken } from "./broken";
import { page } from "./code";
import { Shell } from "./shell";

// The routes, written out: each names the schema of its filters and the page that is fetched when it is opened.

const rootRoute = createRootRoute({ notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: signInSearch,
  component: page(() => import("@/features/session/sign-in-page"), "SignInPage"),
});

const shell = createRoute({ getParentRoute: () => rootRoute, id: "shell", component: Shell });

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: page(() => import("@/features/home/home-page"), "HomePage"),
});

const campaigns = createRoute({
  getParentRoute: () => shell,
  path: "/campaigns",
  validateSearch: archivedSearch,
  component: page(() => import("@/features/campaigns/campaigns-page"), "CampaignsPage"),
});

const campaign = createRoute({
  getParentRoute: () => shell,
  path: "/campaigns/$id",
  component: page(() => import("@/features/campaigns/campaign-page"), "CampaignPage"),
});

const links = createRoute({
  getParentRoute: () => shell,
  path: "/links",
  validateSearch: linksSearch,
  component: page(() => import("@/features/links/links-page"), "LinksPage"),
});

const postbacks = createRoute({
  getParentRoute: () => shell,
  path: "/postbacks",
  validateSearch: archivedSearch,
  component: page(() => import("@/features/postbacks/postbacks-page"), "PostbacksPage"),
});

const newPostback = createRoute({
  getParentRoute: () => shell,
  path: "/postbacks/new",
  validateSearch: newPostbackSearch,
  component: page(() => import("@/features/postbacks/new-postback-page"), "NewPostbackPage"),
});

const postback = createRoute({
  getParentRoute: () => shell,
  path: "/postbacks/$id",
  validateSearch: postbackSearch,
  component: page(() => import("@/features/postbacks/postback-page"), "PostbackPage"),
});

const tracker = createRoute({
  getParentRoute: () => shell,
  path: "/trackers/$id",
  validateSearch: trackerSearch,
  component: page(() => import("@/features/postbacks/tracker-page"), "TrackerPage"),
});

const deliveries = createRoute({
  getParentRoute: () => shell,
  path: "/deliveries",
  validateSearch: deliveriesSearch,
  component: page(() => import("@/features/deliveries/deliveries-page"), "DeliveriesPage"),
});

const delivery = createRoute({
  getParentRoute: () => deliveries,
  path: "$id",
  component: page(() => import("@/features/deliveries/delivery-detail"), "DeliveryDetail"),
});

const conversions = createRoute({
  getParentRoute: () => shell,
  path: "/conversions",
  validateSearch: conversionsSearch,
  component: page(() => import("@/features/conversions/conversions-page"), "ConversionsPage"),
});

const conversion = createRoute({
  getParentRoute: () => conversions,
  path: "$id",
  component: page(() => import("@/features/conversions/conversion-chain"), "ConversionChain"),
});

const clicks = createRoute({
  getParentRoute: () => shell,
  path: "/clicks",
  validateSearch: clicksSearch,
  component: page(() => import("@/features/clicks/clicks-page"), "ClicksPage"),
});

const click = createRoute({
  getParentRoute: () => clicks,
  path: "$id",
  component: page(() => import("@/features/clicks/click-detail"), "ClickDetail"),
});

const earnings = createRoute({
  getParentRoute: () => shell,
  path: "/earnings",
  component: page(() => import("@/features/earnings/earnings-page"), "EarningsPage"),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: page(() => import("@/features/settings/settings-page"), "SettingsPage"),
});

const developers = createRoute({
  getParentRoute: () => shell,
  path: "/developers",
  component: page(() => import("@/features/developers/developers-page"), "DevelopersPage"),
});

const staffReceived = createRoute({
  getParentRoute: () => shell,
  path: "/staff/received",
  validateSearch: receivedSearch,
  component: page(() => import("@/features/integrations/received-page"), "ReceivedPage"),
});

const staffReceivedCall = createRoute({
  getParentRoute: () => staffReceived,
  path: "$id",
  component: page(() => import("@/features/integrations/received-detail"), "ReceivedDetail"),
});

const staffUnattributed = createRoute({
  getParentRoute: () => shell,
  path: "/staff/unattributed",
  component: page(() => import("@/features/backoffice/unattributed-page"), "UnattributedPage"),
});

const staffClashes = createRoute({
  getParentRoute: () => shell,
  path: "/staff/clashes",
  validateSearch: clashesSearch,
  component: page(() => import("@/features/backoffice/clashes-page"), "ClashesPage"),
});

const staffConversions = createRoute({
  getParentRoute: () => shell,
  path: "/staff/conversions",
  component: page(() => import("@/features/backoffice/desk-page"), "DeskPage"),
});

const staffOffers = createRoute({
  getParentRoute: () => shell,
  path: "/staff/offers",
  validateSearch: archivedSearch,
  component: page(() => import("@/features/offers/offers-page"), "OffersPage"),
});

const staffOffer = createRoute({
  getParentRoute: () => shell,
  path: "/staff/offers/$id",
  component: page(() => import("@/features/offers/offer-page"), "OfferPage"),
});

const staffGoals = createRoute({
  getParentRoute: () => shell,
  path: "/staff/goals",
  validateSearch: archivedSearch,
  component: page(() => import("@/features/offers/goals-page"), "GoalsPage"),
});

const staffIntegrations = createRoute({
  getParentRoute: () => shell,
  path: "/staff/integrations",
  validateSearch: archivedSearch,
  component: page(() => import("@/features/integrations/integrations-page"), "IntegrationsPage"),
});

const staffIntegration = createRoute({
  getParentRoute: () => shell,
  path: "/staff/integrations/$id",
  component: page(() => import("@/features/integrations/integration-page"), "IntegrationPage"),
});

const staffAffiliates = createRoute({
  getParentRoute: () => shell,
  path: "/staff/affiliates",
  validateSearch: affiliatesSearch,
  component: page(() => import("@/features/people/affiliates-page"), "AffiliatesPage"),
});

const staffAffiliate = createRoute({
  getParentRoute: () => staffAffiliates,
  path: "$id",
  component: page(() => import("@/features/people/affiliate-detail"), "AffiliateDetail"),
});

const staffRates = createRoute({
  getParentRoute: () => shell,
  path: "/staff/rates",
  component: page(() => import("@/features/backoffice/rates-page"), "RatesPage"),
});

const staffAudit = createRoute({
  getParentRoute: () => shell,
  path: "/staff/audit",
  validateSearch: auditSearch,
  component: page(() => import("@/features/backoffice/audit-page"), "AuditPage"),
});

const staffEngine = createRoute({
  getParentRoute: () => shell,
  path: "/staff/engine",
  component: page(() => import("@/features/queue/engine-page"), "EnginePage"),
});

// What pages were called before: bookmarks still open them.
const movedIntegrations = createRoute({
  getParentRoute: () => rootRoute,
  path: "/staff/sources",
  beforeLoad: () => {
    throw redirect({ to: "/staff/integrations", replace: true });
  },
});

const movedIntegration = createRoute({
  getParentRoute: () => rootRoute,
  path: "/staff/sources/$id",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/staff/integrations/$id", params, replace: true });
  },
});

const movedBalance = createRoute({
  getParentRoute: () => rootRoute,
  path: "/balance",
  beforeLoad: () => {
    throw redirect({ to: "/earnings", replace: true });
  },
});
const routeTree = rootRoute.addChildren([
  signIn,
  movedBalance,
  movedIntegrations,
  movedIntegration,
  shell.addChildren([
    home,
    campaigns,
    campaign,
    links,
    postbacks,
    newPostback,
    postback,
    tracker,
    deliveries.addChildren([delivery]),
    conversions.addChildren([conversion]),
    clicks.addChildren([click]),
    earnings,
    settings,
    developers,
    staffReceived.addChildren([staffReceivedCall]),
    staffUnattributed,
    staffClashes,
    staffConversions,
    staffOffers,
    staffOffer,
    staffGoals,
    staffIntegrations,
    staffIntegration,
    staffAffiliates.addChildren([staffAffiliate]),
    staffRates,
    staffAudit,
    staffEngine,
  ]),
]);

/** `history` is for tests; a browser's own is taken where it is left out. */
export function createAppRouter(history?: RouterHistory) {
  return createRouter({
    routeTree,
    parseSearch: parseAddress,
    stringifySearch: stringifyAddress,
    ...(history === undefined ? {} : { history }),
    defaultPreload: "intent",
    defaultPendingComponent: Pending,
    defaultPendingMs: 150,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
    getScrollRestorationKey: ({ state, href }) => state.place ?? state.__TSR_key ?? href,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}

function Pending(): ReactElement {
  return <SkeletonBlock label="Loading the page" lines={6} />;
}

function NotFound(): ReactElement {
  return (
    <main>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={Search}
        title="Page not found"
        action={
          <Link to="/" className={buttonClass("primary")}>
            Go to Home
          </Link>
        }
      >
        The address is mistyped, or the item was deleted.
      </EmptyState>
    </main>
  );
}
