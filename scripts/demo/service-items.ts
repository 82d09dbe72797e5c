import { dataAuthority, healthInsurance, typeCode } from './authorities.ts';

/** Codes of the matters of the demo. */
export const matters = {
  foodLicence: 'food-business-licence-new',
  residencePermit: 'residence-permit-new',
  treatmentElsewhere: 'treatment-elsewhere',
} as const;

/**
 * What each matter may learn of which licences: the hall's matters by its client, those of health insurance at its counters.
 * The same content as a file of `tongxing service-items put`.
 */
export const serviceItems = (clients: { hall: string }) => ({
  service_items: [
    {
      code: matters.foodLicence,
      name: { zh: '食品经营许可新办', en: 'New food business licence' },
      clients: [clients.hall],
      types: [
        {
          type: typeCode(201),
          learns: [
            { field: 'data.legal_representative' },
            { field: 'data.address' },
            {
              ...{ predicate: 'contains', field: 'data.business_scope', value: '食品', name: 'sells_food' },
              title: { zh: '经营范围是否含食品', en: 'Whether the business scope contains food' },
            },
          ],
        },
      ],
    },
    {
      code: matters.residencePermit,
      name: { zh: '居住证办理', en: 'Residence permit' },
      clients: [clients.hall],
      authorities: [dataAuthority],
      types: [{ type: typeCode(104), learns: [{ field: 'data.insured_area' }] }],
    },
    {
      code: matters.treatmentElsewhere,
      name: { zh: '异地就医备案', en: 'Treatment in another province' },
      authorities: [healthInsurance],
      types: [{ type: typeCode(101), learns: [{ field: 'holder_name' }, { predicate: 'valid_on_day' }] }],
    },
  ],
});
