/** Stylesheets are imported for their effect only: the build puts them beside the script. */
declare module '*.css' {}
