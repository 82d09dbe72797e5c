import type { Facts } from './facts.ts';
import type { Target } from './faults.ts';

/** A question as it came in: exactly the members that the contract names, all strings. */
type Question = Readonly<Record<string, string>>;
type Answer = Readonly<Record<string, unknown>>;

/** One question that a register answers. @see docs/registers.md */
export interface Enquiry {
  register: Target;
  path: string;
  /** The members that the question has, no fewer and no more: what is not needed must not be sent. */
  members: readonly string[];
  /** Undefined: nothing can be said about this record now. */
  answer(question: Question, facts: Facts): Answer | undefined;
}

const differing = (elements: Record<string, boolean>): string[] =>
  Object.keys(elements).filter((element) => elements[element]);

const agreement = (elements: string[]): Answer =>
  elements.length === 0 ? { result: 'match' } : { result: 'mismatch', elements };

/** Everything the four registers can be asked. */
export const enquiries: readonly Enquiry[] = [
  {
    register: 'police',
    path: '/person-checks',
    members: ['id_type', 'id_number', 'name'],
    answer({ id_type, id_number = '', name }, { people }) {
      const person = people.get(id_number);
      if (!person || person.idType !== id_type) return { result: 'not_found' };
      if (person.isUnderRevision) return undefined;
      if (person.name !== name) return { result: 'mismatch', elements: ['name'] };
      return { result: person.isDeceased ? 'deceased' : 'match' };
    },
  },
  {
    register: 'business',
    path: '/representative-checks',
    members: ['credit_code', 'id_type', 'id_number', 'name'],
    answer({ credit_code = '', id_number, name }, { organisations, people }) {
      const organisation = organisations.get(credit_code);
      if (!organisation) return { result: 'not_found' };
      if (organisation.standing === 'struck_off') return { result: 'struck_off' };
      const representative = people.get(organisation.representativeIdNumber);
      return agreement(
        differing({
          id_number: organisation.representativeIdNumber !== id_number,
          name: representative?.name !== name,
        }),
      );
    },
  },
  {
    register: 'business',
    path: '/organisation-queries',
    members: ['credit_code'],
    answer({ credit_code = '' }, { organisations }) {
      const organisation = organisations.get(credit_code);
      if (!organisation) return { result: 'not_found' };
      return { result: 'found', name: organisation.name, standing: organisation.standing };
    },
  },
  {
    register: 'social-security',
    path: '/card-checks',
    members: ['id_number', 'name', 'card_number'],
    answer({ id_number = '', name, card_number }, { cards, people }) {
      const card = cards.get(id_number);
      if (!card) return { result: 'not_found' };
      return agreement(
        differing({ name: people.get(id_number)?.name !== name, card_number: card !== card_number }),
      );
    },
  },
  {
    register: 'telecom',
    path: '/subscriber-checks',
    members: ['phone_number', 'id_number'],
    answer({ phone_number = '', id_number }, { subscribers }) {
      const subscriber = subscribers.get(phone_number);
      if (!subscriber) return { result: 'not_found' };
      return agreement(differing({ id_number: subscriber !== id_number }));
    },
  },
];
