/** Where and when an answer of a register came from: all that is kept of it. */
export interface RegisterSource {
  /** `police-population`, `business-register`, `social-security`, `telecom-operator`. */
  register: string;
  /** The register's own reference of the enquiry. */
  reference: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** The answer of a register, as a value. Only `unavailable` says nothing about the person. */
export type RegisterAnswer =
  | { outcome: 'match'; source: RegisterSource }
  | { outcome: 'mismatch'; elements: readonly string[]; source: RegisterSource }
  | { outcome: 'not-found'; source: RegisterSource }
  | { outcome: 'ended'; reason: 'deceased' | 'struck-off'; source: RegisterSource }
  | { outcome: 'unavailable'; reason: string };

/** Police population database. */
export interface PoliceRegister {
  /** Does this ID number belong to a living person of this name? `idType` 111 and the residence permits. */
  checkPerson(question: { idType: string; idNumber: string; name: string }): Promise<RegisterAnswer>;
}

/** Business register. */
export interface BusinessRegister {
  /** Is this person the legal representative of this organisation, and is it in good standing? */
  checkRepresentative(question: {
    creditCode: string;
    idType: string;
    idNumber: string;
    name: string;
  }): Promise<RegisterAnswer>;
  /** The organisation's registered name and standing. */
  findOrganisation(question: {
    creditCode: string;
  }): Promise<
    | { outcome: 'found'; name: string; standing: 'active' | 'struck-off'; source: RegisterSource }
    | { outcome: 'not-found'; source: RegisterSource }
    | { outcome: 'unavailable'; reason: string }
  >;
}

/** Social security register. */
export interface SocialSecurityRegister {
  checkCard(question: { idNumber: string; name: string; cardNumber: string }): Promise<RegisterAnswer>;
}

/** Telecom operators. */
export interface TelecomRegister {
  /** Is this number (E.164) subscribed by the holder of this ID number? */
  checkSubscriber(question: { phoneNumber: string; idNumber: string }): Promise<RegisterAnswer>;
}

/** The four authoritative sources. One that is not configured answers `unavailable`, always. */
export interface Registries {
  police: PoliceRegister;
  business: BusinessRegister;
  socialSecurity: SocialSecurityRegister;
  telecom: TelecomRegister;
}
