/** Ways to reach a jamaah from a card. */

const DIGITS = /\D/g;

/** Opens a chat in WhatsApp, which takes the number with its country and nothing else. */
export const whatsappLink = (phone: string): string => `https://wa.me/${phone.replace(DIGITS, '')}`;

export const callLink = (phone: string): string => `tel:${phone.replace(/[^\d+]/g, '')}`;
