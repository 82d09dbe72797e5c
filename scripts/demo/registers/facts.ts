import { organisations, personas } from '../personas.ts';

/** Somebody in the police register. */
export interface PersonFact {
  idType: string;
  idNumber: string;
  name: string;
  isDeceased: boolean;
  /** No answer is given about the record while it is worked on. */
  isUnderRevision: boolean;
}

/** An organisation in the business register. */
export interface OrganisationFact {
  creditCode: string;
  name: string;
  standing: 'active' | 'struck_off';
  representativeIdNumber: string;
}

/** What the four registers hold. Tests and the control page may change it. */
export interface Facts {
  /** By ID number. */
  people: Map<string, PersonFact>;
  /** By credit code. */
  organisations: Map<string, OrganisationFact>;
  /** Card number by ID number. */
  cards: Map<string, string>;
  /** ID number of the subscriber by E.164 phone number; `other` for somebody who is not in the demo. */
  subscribers: Map<string, string>;
}

/** The registers as the personas found them. */
export function initialFacts(): Facts {
  const facts: Facts = {
    people: new Map(),
    organisations: new Map(),
    cards: new Map(),
    subscribers: new Map(),
  };
  for (const { identifiers, idType, name, facts: known } of personas) {
    const idNumber = identifiers.id_number;
    facts.people.set(idNumber, {
      ...{ idType, idNumber },
      name: known.policeName ?? name,
      isDeceased: known.deceased ?? false,
      isUnderRevision: known.underRevision ?? false,
    });
    if (known.cardNumber) facts.cards.set(idNumber, known.cardNumber);
    facts.subscribers.set(`+86${identifiers.phone}`, known.isSubscriber ? idNumber : 'other');
  }
  for (const { creditCode, name, standing, representative } of organisations) {
    const person = personas.find(({ id }) => id === representative);
    const representativeIdNumber = person?.identifiers.id_number ?? '';
    facts.organisations.set(creditCode, { creditCode, name, standing, representativeIdNumber });
  }
  return facts;
}
