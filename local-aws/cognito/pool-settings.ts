import type * as Cognito from '@aws-sdk/client-cognito-identity-provider';
import type { Aws } from '../providers/aws.ts';
import { unlessMissing } from '../providers/failure.ts';
import { CognitoError } from './cognito-error.ts';

/** A user pool as it is set up now. moto keeps pools, clients and groups; what their users do is done here. */
export interface PoolSettings {
  id: string;
  region: string;
  /** Attributes that stand in for the user name: then the pool makes up names of its own. */
  usernameAttributes: readonly string[];
  aliasAttributes: readonly string[];
  caseSensitive: boolean;
  autoVerified: readonly string[];
  /** Attributes whose old value stays until the new one is verified. */
  verifiedBeforeUpdate: readonly string[];
  passwordPolicy: Cognito.PasswordPolicyType;
  signUpAllowed: boolean;
  mfa: 'OFF' | 'ON' | 'OPTIONAL';
  /** Whether one-time codes of an authenticator app are on. */
  totp: boolean;
  recovery: readonly string[];
  schema: ReadonlyMap<string, Cognito.SchemaAttributeType>;
  messages: { verification: Message; invitation: Message };
  /** Lambda triggers by name: they are not run here. */
  triggers: readonly string[];
}

interface Message {
  subject: string;
  body: string;
}

/** An app client, its lifetimes in seconds. */
export interface ClientSettings {
  id: string;
  secret: string | undefined;
  flows: ReadonlySet<string>;
  /** Answers are the same for users who are not there. */
  hidesUsers: boolean;
  revocable: boolean;
  rotatesRefreshTokens: boolean;
  readable: ReadonlySet<string>;
  writable: ReadonlySet<string>;
  seconds: { access: number; id: number; refresh: number; challenge: number };
}

/** Where a pool may be whose client is seen for the first time: a client's id does not say. */
const usualRegions = ['us-east-1', 'us-east-2', 'us-west-2'];

/** Reads pools and clients from moto, at every call, so that an update of a stack counts at once. */
export class Pools {
  readonly #aws: Aws;
  readonly #poolOfClient = new Map<string, string>();
  readonly #regions = new Set(usualRegions);

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  /** A region that somebody uses. */
  visit(region: string): void {
    this.#regions.add(region);
  }

  async pool(userPoolId: string): Promise<PoolSettings> {
    const region = regionOf(userPoolId);
    const cognito = await this.#aws.cognito(region);
    const [described, mfa] = await Promise.all([
      unlessMissing(cognito.describeUserPool({ UserPoolId: userPoolId })),
      unlessMissing(cognito.getUserPoolMfaConfig({ UserPoolId: userPoolId })),
    ]);
    if (!described?.UserPool) throw poolNotFound(userPoolId);
    return poolSettings(described.UserPool, mfa ?? {}, region);
  }

  /** A client of the pool; of whichever pool has it where none is named. */
  async client(clientId: string, userPoolId?: string): Promise<{ pool: PoolSettings; client: ClientSettings }> {
    const id = userPoolId ?? this.#poolOfClient.get(clientId) ?? (await this.#search(clientId));
    const cognito = id === undefined ? undefined : await this.#aws.cognito(regionOf(id));
    const described =
      cognito && (await unlessMissing(cognito.describeUserPoolClient({ UserPoolId: id, ClientId: clientId })));
    if (id === undefined || !described?.UserPoolClient)
      throw new CognitoError('ResourceNotFoundException', `User pool client ${clientId} does not exist.`);
    this.#poolOfClient.set(clientId, id);
    return { pool: await this.pool(id), client: clientSettings(described.UserPoolClient) };
  }

  /** The pool's groups, the most weighty first: by precedence, those without one last. */
  async groups(pool: PoolSettings): Promise<Cognito.GroupType[]> {
    const cognito = await this.#aws.cognito(pool.region);
    const groups: Cognito.GroupType[] = [];
    let NextToken: string | undefined;
    do {
      const page = await cognito.listGroups({ UserPoolId: pool.id, Limit: 60, NextToken });
      groups.push(...(page.Groups ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    const weight = ({ Precedence }: Cognito.GroupType) => Precedence ?? Number.POSITIVE_INFINITY;
    return groups.sort((a, b) => weight(a) - weight(b) || ((a.GroupName ?? '') < (b.GroupName ?? '') ? -1 : 1));
  }

  async #search(clientId: string): Promise<string | undefined> {
    for (const region of this.#regions) {
      const cognito = await this.#aws.cognito(region);
      let NextToken: string | undefined;
      do {
        const page = await cognito.listUserPools({ MaxResults: 60, NextToken });
        for (const { Id } of page.UserPools ?? [])
          if (Id && (await unlessMissing(cognito.describeUserPoolClient({ UserPoolId: Id, ClientId: clientId }))))
            return Id;
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
    }
    return undefined;
  }
}

/** `us-east-2` of `us-east-2_AbCdEf`. */
export function regionOf(userPoolId: string): string {
  const region = /^([a-z]{2}(?:-[a-z]+)+-\d)_[0-9A-Za-z]+$/.exec(userPoolId)?.[1];
  if (!region) throw poolNotFound(userPoolId);
  return region;
}

function poolNotFound(userPoolId: string): CognitoError {
  return new CognitoError('ResourceNotFoundException', `User pool ${userPoolId} does not exist.`);
}

function poolSettings(
  pool: Cognito.UserPoolType,
  mfa: Cognito.GetUserPoolMfaConfigResponse,
  region: string,
): PoolSettings {
  const verification = pool.VerificationMessageTemplate;
  const invitation = pool.AdminCreateUserConfig?.InviteMessageTemplate;
  return {
    id: pool.Id ?? '',
    region,
    usernameAttributes: pool.UsernameAttributes ?? [],
    aliasAttributes: pool.AliasAttributes ?? [],
    // Pools made through the API tell cases apart unless they are told not to.
    caseSensitive: pool.UsernameConfiguration?.CaseSensitive ?? true,
    autoVerified: pool.AutoVerifiedAttributes ?? [],
    verifiedBeforeUpdate: pool.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? [],
    passwordPolicy: pool.Policies?.PasswordPolicy ?? {},
    signUpAllowed: pool.AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true,
    mfa: mfa.MfaConfiguration ?? 'OFF',
    totp: mfa.SoftwareTokenMfaConfiguration?.Enabled ?? false,
    recovery: (pool.AccountRecoverySetting?.RecoveryMechanisms ?? [])
      .toSorted((a, b) => (a.Priority ?? 0) - (b.Priority ?? 0))
      .map(({ Name }) => Name ?? ''),
    schema: new Map((pool.SchemaAttributes ?? []).map((attribute) => [attribute.Name ?? '', attribute])),
    messages: {
      verification: {
        subject: verification?.EmailSubject ?? pool.EmailVerificationSubject ?? 'Your verification code',
        body: verification?.EmailMessage ?? pool.EmailVerificationMessage ?? 'Your verification code is {####}. ',
      },
      invitation: {
        subject: invitation?.EmailSubject ?? 'Your temporary password',
        body: invitation?.EmailMessage ?? 'Your username is {username} and temporary password is {####}. ',
      },
    },
    triggers: Object.keys(pool.LambdaConfig ?? {}),
  };
}

const standardAttributes = [
  'address',
  'birthdate',
  'email',
  'family_name',
  'gender',
  'given_name',
  'locale',
  'middle_name',
  'name',
  'nickname',
  'phone_number',
  'picture',
  'preferred_username',
  'profile',
  'updated_at',
  'website',
  'zoneinfo',
];

const unitSeconds = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

function clientSettings(client: Cognito.UserPoolClientType): ClientSettings {
  const units = client.TokenValidityUnits;
  // Not said: an hour for tokens and thirty days for refresh tokens. Zero is the same as not said.
  const lifetime = (count: number | undefined, unit: keyof typeof unitSeconds, otherwise: number) =>
    count ? count * unitSeconds[unit] : otherwise;
  return {
    id: client.ClientId ?? '',
    secret: client.ClientSecret,
    flows: new Set(
      client.ExplicitAuthFlows ?? ['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH'],
    ),
    hidesUsers: client.PreventUserExistenceErrors === 'ENABLED',
    revocable: client.EnableTokenRevocation ?? true,
    rotatesRefreshTokens: client.RefreshTokenRotation?.Feature === 'ENABLED',
    // Without a list of its own a client sees and writes the standard attributes, no custom ones.
    readable: new Set(client.ReadAttributes ?? [...standardAttributes, 'email_verified', 'phone_number_verified']),
    writable: new Set(client.WriteAttributes ?? standardAttributes),
    seconds: {
      access: lifetime(client.AccessTokenValidity, units?.AccessToken ?? 'hours', 3600),
      id: lifetime(client.IdTokenValidity, units?.IdToken ?? 'hours', 3600),
      refresh: lifetime(client.RefreshTokenValidity, units?.RefreshToken ?? 'days', 30 * 86_400),
      challenge: lifetime(client.AuthSessionValidity, 'minutes', 180),
    },
  };
}

/** Attributes of OpenID Connect, which every pool has. */
export function isStandardAttribute(name: string): boolean {
  return standardAttributes.includes(name);
}
