// What the hospital of the tests has: two departments, three doctors, half-hours on working days.
//
// Everything is made up. Ids stay the same from start to start; the first day is that of `--now`.

const CITY_OFFSET = 8 * 3600_000;
const HALF_HOUR = 30 * 60_000;
const SPECIALTIES = 'https://anban.example/fhir/CodeSystem/medical-subject';

const english = (text) => ({
  extension: [{
    url: 'http://hl7.org/fhir/StructureDefinition/translation',
    extension: [{ url: 'lang', valueCode: 'en' }, { url: 'content', valueString: text }],
  }],
});
const phone = (value) => [{ system: 'phone', value, use: 'work' }];

const hospital = { id: 'county', name: '安宁县医院', english: 'Anning County Hospital', phone: '010-5555 0170' };
const departments = [
  { id: 'county-surgery', code: '04', name: '外科', english: 'Surgery', counter: '一楼 1 号窗口', phone: '010-5555 0171',
    doctors: [['dr-shi', '石磊 医生', 'Dr Shi Lei'], ['dr-tang', '唐敏 医生', 'Dr Tang Min']] },
  { id: 'county-dental', code: '12', name: '口腔科', english: 'Dentistry', counter: '一楼 2 号窗口', phone: '010-5555 0172',
    doctors: [['dr-yu', '于芳 医生', 'Dr Yu Fang']] },
];

/** The slots of one day of a schedule, in instants; none at weekends. */
function* halfHours(midnight) {
  const weekday = new Date(midnight + CITY_OFFSET).getUTCDay();
  if (weekday === 0 || weekday === 6) return;
  for (const [from, until] of [[8.5, 11.5], [13.5, 16.5]]) {
    for (let start = midnight + from * 2 * HALF_HOUR; start < midnight + until * 2 * HALF_HOUR; start += HALF_HOUR) {
      yield start;
    }
  }
}

/** All resources, for `days` days from the one that `now` (milliseconds) is in. */
export function* seed(now, days) {
  const today = Math.floor((now + CITY_OFFSET) / 86400_000) * 86400_000 - CITY_OFFSET;
  const place = { reference: `Location/${hospital.id}`, display: hospital.name };
  yield { resourceType: 'Location', id: hospital.id, status: 'active', name: hospital.name, _name: english(hospital.english),
          telecom: phone(hospital.phone) };
  for (const department of departments) {
    const counter = `${department.id}-counter`;
    const specialty = [{ coding: [{ system: SPECIALTIES, code: department.code, display: department.name }] }];
    yield { resourceType: 'Location', id: counter, status: 'active', name: department.counter, partOf: place };
    yield { resourceType: 'HealthcareService', id: department.id, active: true, specialty, name: department.name,
            _name: english(department.english), location: [place, { reference: `Location/${counter}`, display: department.counter }],
            telecom: phone(department.phone), extraDetails: '请带身份证和医保卡。', appointmentRequired: false };
    for (const [id, name, translated] of department.doctors) {
      const schedule = `${department.id}-${id}`;
      yield { resourceType: 'Practitioner', id, active: true, name: [{ text: name, _text: english(translated) }] };
      yield { resourceType: 'Schedule', id: schedule, active: true, specialty,
              actor: [{ reference: `Practitioner/${id}`, display: name },
                      { reference: `HealthcareService/${department.id}`, display: department.name }, place] };
      for (let day = 0; day < days; day++) {
        for (const start of halfHours(today + day * 86400_000)) {
          const at = new Date(start + CITY_OFFSET).toISOString().replace(/[-:]/g, '').slice(0, 13);
          yield { resourceType: 'Slot', id: `${schedule}-${at}`, schedule: { reference: `Schedule/${schedule}` }, status: 'free',
                  specialty, start: new Date(start).toISOString(), end: new Date(start + HALF_HOUR).toISOString() };
        }
      }
    }
  }
}
