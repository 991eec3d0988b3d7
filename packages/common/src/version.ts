/** Brine's version; equal to that of its packages. */
export const brineVersion = '0.1.0';

/** The version of Salt whose behaviour is kept; what the grains `saltversion` and `saltversioninfo` tell. */
export const compatibleSaltVersion = '3006.9';
