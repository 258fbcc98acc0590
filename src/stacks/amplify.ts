import { attribute, type LayerContent, metadata } from './layer.ts';
import type { Scope } from './scope.ts';
import type { TemplateValue } from './template.ts';
import { writeMembers } from './written.ts';

/** The branch that the frontend is uploaded to. */
export const frontendBranch = 'main';

/** Paths without a dot, or with one that is no file extension of a web site: they belong to the app's own router. */
const appPaths =
  '</^[^.]+$|\\.(?!(?:avif|css|csv|eot|gif|ico|jpe?g|js|json|map|mjs|mp4|otf|pdf|png|svg|ttf|txt|wasm|webm|webmanifest|webp|woff2?|xml)$)([^.]+$)/>';

/** Sent with every file. Framing is refused, so that no other site can put the app under a deceiving surface. */
const securityHeaders = `customHeaders:
  - pattern: '**/*'
    headers:
      - key: 'Strict-Transport-Security'
        value: 'max-age=31536000; includeSubDomains'
      - key: 'X-Content-Type-Options'
        value: 'nosniff'
      - key: 'X-Frame-Options'
        value: 'DENY'
      - key: 'Referrer-Policy'
        value: 'strict-origin-when-cross-origin'
`;

/** An Amplify app without a repository, and its branch. The files themselves are uploaded after the stack is there. */
export function amplify(scope: Scope): LayerContent {
  const { frontend } = scope.blueprint;
  if (frontend === undefined) return { resources: [] };
  const rules: TemplateValue = frontend.spa
    ? [{ Source: appPaths, Target: '/index.html', Status: '200' }]
    : [{ Source: '/<*>', Target: '/404.html', Status: '404-200' }];
  return {
    resources: [
      writeMembers({
        App: {
          Type: 'AWS::Amplify::App',
          Metadata: metadata(`${scope.slug}-frontend`, 'frontend'),
          Properties: {
            Name: `backdrift-${scope.slug}-${scope.environment}`,
            Platform: 'WEB',
            CustomRules: rules,
            CustomHeaders: securityHeaders,
          },
        },
        Branch: {
          Type: 'AWS::Amplify::Branch',
          Metadata: metadata(`${scope.slug}-frontend-${frontendBranch}`, 'frontend'),
          Properties: {
            AppId: attribute('App', 'AppId'),
            BranchName: frontendBranch,
            Stage: 'PRODUCTION',
            EnableAutoBuild: false,
          },
        },
      }),
    ],
    outputs: {
      AppId: { Description: 'The Amplify app', Value: attribute('App', 'AppId') },
      BranchName: { Description: 'The branch that the frontend is uploaded to', Value: frontendBranch },
      DefaultDomain: {
        Description: 'The app’s domain; the branch’s name goes before it',
        Value: attribute('App', 'DefaultDomain'),
      },
    },
  };
}
