/** The root is where the package and Next.js lie. */
export default { turbopack: { root: process.env.PLATFORMS } }
