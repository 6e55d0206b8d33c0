/** A phone in the hand and a desk, as the design draws them; at one pixel to a point, for maps are drawn in software here. */
export const PHONE = {
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
};
export const DESK = { viewport: { width: 1440, height: 900 } };

/** A few streets on from the harbour: pins of two tests do not share a pill. */
export const AT_THE_DIKE = { latitude: 51.8058, longitude: 5.0878, accuracy: 9 };

/** In the middle of De Hooge Waard, which is invented; degrees and metres. */
export const AT_THE_HARBOUR = { latitude: 51.8045, longitude: 5.0825, accuracy: 6 };

/** By the railway, where no other test sets a pin. */
export const AT_THE_HALT = { latitude: 51.8003, longitude: 5.0865, accuracy: 8 };

/** On the quay, where lines and areas are drawn. */
export const AT_THE_QUAY = { latitude: 51.8032, longitude: 5.0838, accuracy: 7 };

/** The smallest phone that the design draws for, at the dike. */
export const SMALLEST_PHONE = { viewport: { width: 360, height: 640 }, geolocation: AT_THE_DIKE };

/** Along the inner road, where pins are put elsewhere and drawn anew. */
export const AT_THE_BEND = { latitude: 51.8022, longitude: 5.0802, accuracy: 5 };
