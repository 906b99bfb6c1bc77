import "./zod";
import "./styles.css";

import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Provider } from "urql";

import { ToastRegion } from "@/components/ui/toast";
import { watchTheme } from "@/components/ui/theme";
import { createClient } from "@/graphql/client";

import { createAppRouter } from "./router";
import { surviveTranslation } from "./translation";

surviveTranslation();
watchTheme();

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Provider value={createClient()}>
        <RouterProvider router={createAppRouter()} />
        <ToastRegion />
      </Provider>
    </StrictMode>,
  );
}
