import assert from 'node:assert/strict';
import { auth, blueprint } from '../../builders/blueprint.ts';
import { blog, saasCrm, taskManager } from '../../builders/example-blueprints.ts';
import { compiled } from './compiled.ts';

describe('the user pool', () => {
  it('has complete schema entries, and the tenant’s only where there are tenants', () => {
    const names = (of: ReturnType<typeof compiled>) => of.property('cognito', 'UserPool', 'Schema');
    const email = {
      Name: 'email',
      AttributeDataType: 'String',
      DeveloperOnlyAttribute: false,
      Mutable: true,
      Required: true,
      StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
    };
    assert.deepEqual(names(compiled(taskManager())), [email]);
    assert.deepEqual(names(compiled(saasCrm())), [
      email,
      {
        ...email,
        Name: 'tenant_id',
        Required: false,
        StringAttributeConstraints: { MinLength: '0', MaxLength: '256' },
      },
    ]);
  });

  it('follows the Blueprint’s words on passwords, second factor and plan', () => {
    const weak = blueprint({
      auth: auth({ mfa: 'required', plan: 'lite', password: { min_length: 8, symbols: false } }),
    });
    const { property } = compiled(weak);
    assert.deepEqual(property('cognito', 'UserPool', 'Policies', 'PasswordPolicy'), {
      MinimumLength: 8,
      RequireLowercase: true,
      RequireUppercase: true,
      RequireNumbers: true,
      RequireSymbols: false,
      TemporaryPasswordValidityDays: 7,
    });
    assert.equal(property('cognito', 'UserPool', 'MfaConfiguration'), 'ON');
    assert.deepEqual(property('cognito', 'UserPool', 'EnabledMfas'), ['SOFTWARE_TOKEN_MFA']);
    assert.equal(property('cognito', 'UserPool', 'UserPoolTier'), 'LITE');
    assert.equal(property('cognito', 'UserPool', 'UserPoolAddOns'), undefined);
    assert.deepEqual(compiled(saasCrm()).property('cognito', 'UserPool', 'UserPoolAddOns'), {
      AdvancedSecurityMode: 'ENFORCED',
    });
  });

  it('gives a group to each role, the first one first', () => {
    const { property, stack } = compiled(saasCrm());
    assert.equal(property('cognito', 'AdminGroup', 'Precedence'), 0);
    assert.equal(property('cognito', 'ViewerGroup', 'GroupName'), 'viewer');
    assert.deepEqual(Object.keys(stack('cognito').template.Outputs ?? {}), [
      'UserPoolId',
      'UserPoolArn',
      'UserPoolClientId',
    ]);
  });
});

describe('the client', () => {
  it('has no secret, and cannot write the tenant', () => {
    const { property } = compiled(saasCrm());
    assert.equal(property('cognito', 'UserPoolClient', 'GenerateSecret'), false);
    assert.equal(property('cognito', 'UserPoolClient', 'PreventUserExistenceErrors'), 'ENABLED');
    assert.deepEqual(property('cognito', 'UserPoolClient', 'ExplicitAuthFlows'), [
      'ALLOW_USER_SRP_AUTH',
      'ALLOW_REFRESH_TOKEN_AUTH',
    ]);
    const written = property('cognito', 'UserPoolClient', 'WriteAttributes');
    assert.ok(
      Array.isArray(written) &&
        written.includes('email') &&
        !written.some((name) => String(name).startsWith('custom:')),
    );
    assert.match(JSON.stringify(property('cognito', 'UserPoolClient', 'ReadAttributes')), /custom:tenant_id/);
  });

  it('has tokens that live as long as the Blueprint says', () => {
    const { property } = compiled(blog());
    const lifetimes = ['AccessTokenValidity', 'IdTokenValidity', 'RefreshTokenValidity', 'TokenValidityUnits'];
    assert.deepEqual(
      lifetimes.map((name) => property('cognito', 'UserPoolClient', name)),
      [10, 45, 12, { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'hours' }],
    );
  });

  it('is refused with lifetimes that Cognito does not know', () => {
    const problems = (tokens: { access: string; id: string; refresh: string }) =>
      compiled(blueprint({ auth: auth({ tokens }) })).problems.map(({ path }) => path.at(-1));
    assert.deepEqual(problems({ access: '5m', id: '1d', refresh: '3650d' }), []);
    assert.deepEqual(problems({ access: '299s', id: '25h', refresh: '59m' }), ['access', 'id', 'refresh']);
    assert.deepEqual(problems({ access: '1h', id: '1d', refresh: '2h' }), ['refresh']);
    assert.deepEqual(problems({ access: 'soon', id: '1h', refresh: '3651d' }), ['access', 'refresh']);
  });
});
