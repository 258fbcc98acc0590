/** The Blueprint that *Create a Blueprint* writes: small, deployable as it is, and explained. */
export function starterBlueprint(project: string): string {
  return `# A Blueprint: the whole backend in one file.
# Backdrift: Preview shows what a deploy would do. Nothing happens before you press Deploy.
project:
  name: ${JSON.stringify(project)}

region: us-east-2 # us-east-1, us-east-2 or us-west-2

# Where it can be deployed to. The environment "local", an AWS on this machine, is always there as well.
environments:
  dev: {}
  # prod: { account: "123456789012", protected: true }

# Sign-up, sign-in and roles. Take it away and every route is public.
# auth:
#   roles: [admin, member]

# An entity is one table. id, created_at and updated_at are added.
entities:
  - name: note
    fields:
      - { name: title, type: string, required: true, max_length: 200 }
      - { name: body, type: string }
      - { name: done, type: boolean, default: false }

# The REST API. GET /health is always there.
api:
  resources:
    - entity: note # /notes: list, create, get, update, delete
`;
}
