/* In a frame on a partner's page: tells that page how tall this one is, so that nothing is cut off.

   A number is all that is told, so it may go to whoever holds the frame: `frame-ancestors` has
   already said who that can be. */

const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    parent.postMessage({ height }, "*");
};
if (parent !== window) new ResizeObserver(tell).observe(document.documentElement);
