import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import { Provider } from "urql";

import { createAppRouter } from "@/app/router";
import { ToastRegion } from "@/components/ui/toast";
import { createClient } from "@/graphql/client";
import { resetSocket } from "@/graphql/live";
import { setSessionLost } from "@/graphql/session";

import { serve } from "./server";
import { World } from "./world";

export interface Opened {
  world: World;
  user: UserEvent;
  /** Where the app is now. */
  path: () => string;
  /** Cuts the live connection. */
  cut: () => void;
  /** Ends every subscription, as a server does that is stopped. */
  end: () => void;
}

/** The whole app at an address, over the real client, with the network answered by a world. */
export function open(address: string, world: World = new World()): Opened {
  const { cut, end } = serve(world);
  resetSocket();
  setSessionLost(false);
  const history = createMemoryHistory({ initialEntries: [address] });
  const router = createAppRouter(history);
  const user = userEvent.setup();
  render(
    <Provider value={createClient()}>
      <RouterProvider router={router} />
      <ToastRegion />
    </Provider>,
  );
  return { world, user, path: () => history.location.href, cut, end };
}
