/** Whether what is on the screen came from what this browser had kept, and is to be loaded anew when that can be done. */

let restored = false;

export const isRestored = (): boolean => restored;

export const noteRestored = (): void => {
  restored = true;
};

export const noteLoadedAnew = (): void => {
  restored = false;
};
