import { mod11Check2 } from '../../src/core/index.ts';

/** Somebody who cannot exist: born before 1900, with valid check digits and a name that says what it is. */
export interface TestPerson {
  idType: '111';
  idNumber: string;
  name: string;
  /** E.164. */
  phoneNumber: string;
  cardNumber: string;
}

/** The first resident of the population register's simulator, to whom the licences of tests are issued. */
export const zhao = {
  idType: '111',
  idNumber: '520102188001010014',
  name: '赵示例',
  phoneNumber: '+8613900000001',
  cardNumber: 'G00000001',
} as const satisfies TestPerson;

const surnames = [...'赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨'];
const givenNames = ['示例', '样例', '演示', '试用', '示范'];

/** The n-th synthetic resident; always the same for the same number, different for different ones below a million. */
export function personAt(n: number): TestPerson {
  const year = 1850 + (Math.floor(n / 999) % 50);
  const month = 1 + (Math.floor(n / 49_950) % 12);
  const sequence = String((n % 999) + 1).padStart(3, '0');
  const body = `520102${year}${String(month).padStart(2, '0')}15${sequence}`;
  return {
    idType: '111',
    idNumber: body + mod11Check2(body),
    name: `${surnames[n % surnames.length]}${givenNames[n % givenNames.length]}`,
    phoneNumber: `+86138${String(n).padStart(8, '0')}`,
    cardNumber: `G${String(n).padStart(8, '0')}`,
  };
}
